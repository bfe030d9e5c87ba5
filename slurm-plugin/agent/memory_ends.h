// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which jobs that had less memory than requested have ended since the last look, and which of them were
// killed for it.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <cstdint>
#include <slurm/slurm.h>
#include <unordered_set>
#include <vector>

#include "predictor/base/job.h"

namespace foreshape {

struct MemoryEnd {
  UserId uid = 0;
  bool was_killed = false;
};

class MemoryEnds {
 public:
  /// Each run of this list that was not over in the one before, and says something of the memory: completed,
  /// failed, timed out or killed for want of it. Of the first list only what ended after counted_until_s.
  std::vector<MemoryEnd> look(const job_info_msg_t& jobs, UnixSeconds counted_until_s);

 private:
  bool is_first_ = true;
  std::unordered_set<std::uint64_t> over_;  // runs (run_key()): no more than the last list had
};

}  // namespace foreshape
