// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Gives a waiting job another figure of memory.
//
// Runs in: slurmctld (agent thread only, with no lock held).
// Threads: one thread at a time.

#include <cstdint>
#include <string>

#include "predictor/base/job.h"
#include "predictor/base/result.h"

namespace foreshape {

/// What a waiting job is told in one call.
struct NewMemory {
  JobId job = 0;
  std::uint32_t cpus = 0;          ///< of MemoryMark
  std::int64_t had_mib = 0;        ///< per node
  std::string had_comment;         ///< the whole of its admin comment
  std::int64_t mib = 0;            ///< per node
  std::string admin_comment;       ///< likewise
  bool may_start_at_once = false;  ///< our hold, and Slurm's two minutes after a requeue, end
};
/// Asks Slurm for the job once more before it is told: what its user or an administrator did up to some
/// milliseconds ago stays. Both are in Slurm's record of the job, which is saved as one. Of a job that starts
/// in that moment Slurm takes the comment and refuses the figure (22.05 tried): see MemoryMark::former_mib.
/// Errors: not_found - it is gone, waits no more, or has another figure or comment by now; unavailable -
/// slurmctld does not answer, or refuses.
Result<void> give_memory(const NewMemory& given);

}  // namespace foreshape
