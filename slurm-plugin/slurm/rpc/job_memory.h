// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Gives a job the memory back that its user requested, and queues one again that had too little.
//
// Runs in: slurmctld (agent thread only, with no lock held).
// Threads: one thread at a time.

#include <cstdint>
#include <string>

#include "predictor/base/job.h"
#include "predictor/base/result.h"

namespace foreshape {

/// Queues an ended job again and holds it, so that it can't start with too little once more, also if
/// slurmctld dies in this moment: its user could release it by hand then.
/// Errors: unavailable - slurmctld does not answer, or refuses: the job is gone, or may not be requeued.
Result<void> requeue_held(JobId job);

/// What a waiting job is told in one step, which Slurm takes as a whole or not at all.
struct ReturnedMemory {
  JobId job = 0;
  std::int64_t mib = 0;            ///< per node
  std::string admin_comment;       ///< the whole of it
  bool may_start_at_once = false;  ///< our hold, and Slurm's two minutes after a requeue, end
};
/// Errors: unavailable - likewise, or the job has started.
Result<void> give_memory_back(const ReturnedMemory& returned);

}  // namespace foreshape
