// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Tells Slurm what begins or ends a job's trial start.
//
// Runs in: slurmctld (agent thread only, with no lock held).
// Threads: one thread at a time.

#include <cstdint>
#include <optional>
#include <string>

#include "predictor/base/job.h"
#include "predictor/base/result.h"

namespace foreshape {

/// What a job is told in one call, which Slurm keeps as one.
struct TrialChange {
  JobId job = 0;
  JobState had_state = JobState::pending;
  std::uint32_t had_limit_min = 0;
  std::string had_comment;    ///< the whole of its admin comment
  std::string admin_comment;  ///< likewise
  std::optional<std::uint32_t> limit_min;
  std::optional<std::uint32_t> least_min;    ///< --time-min: what backfill may start it with; 0 = its limit
  std::optional<std::uint32_t> site_factor;  ///< as Slurm keeps it, NICE_OFFSET included
  bool may_start_at_once = false;            ///< our hold, and Slurm's two minutes after a requeue, end
};

/// Asks Slurm for the job once more before it is told: what its user or an administrator did up to some
/// milliseconds ago stays.
/// Errors: not_found - it is gone, or has another state, limit or comment by now; unavailable - slurmctld does
/// not answer, or refuses.
Result<void> change_trial(const TrialChange& change);

}  // namespace foreshape
