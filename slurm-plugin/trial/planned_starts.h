// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The starts that Slurm has promised to waiting jobs.
//
// Runs in: slurmctld (agent thread).
// Threads: one object, one thread.

#include <cstddef>
#include <cstdint>
#include <slurm/slurm.h>
#include <vector>

#include "predictor/base/job.h"

namespace foreshape {

class PlannedStarts {
 public:
  /// Of more than these the latest are left out, and count as planned everywhere.
  static constexpr std::size_t kMaxStarts = 1'000;

  /// Nobody's.
  PlannedStarts() = default;

  /// The plan of backfill's last cycle. Where a job that reserves nodes has no planned start, nothing is left
  /// free: backfill forgets its plan when it begins a cycle, and has none yet after a start of slurmctld. jobs: must outlive it. overdue_points: the priority from which on jobs
  /// reserve nodes (bf_min_prio_reserve); what Slurm says of the others is a guess, and no promise.
  PlannedStarts(const job_info_msg_t& jobs, std::uint32_t overdue_points);

  /// Whether nobody is promised one of these nodes for a start before then. nodes: as Slurm writes them,
  /// "n[01-04]".
  bool leave_free(const char* nodes, UnixSeconds until_s) const;

 private:
  struct Start {
    UnixSeconds at_s = 0;
    const char* nodes = nullptr;
  };
  std::vector<Start> starts_;  // sorted by time
  UnixSeconds known_until_s_ = INT64_MAX;
};

}  // namespace foreshape
