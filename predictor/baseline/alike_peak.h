// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How much memory the user's own jobs of a name needed at most, lately.
//
// Runs in: slurmctld and offline. No allocation.
// Threads: pure function.

#include <cstdint>
#include <span>

#include "predictor/base/job.h"
#include "predictor/profile/past_job.h"

namespace foreshape {

struct AlikePeak {
  float bytes = 0;         ///< per node; the largest of all, also of runs that prove nothing
  std::uint16_t runs = 0;  ///< that completed, with their peak measured
};

/// So many of the newest runs of a name are looked at.
inline constexpr std::uint16_t kMaxAlikeRuns = 20;

/// The largest peak of the newest kMaxAlikeRuns runs of own (newest first) that have the job's folded name and a
/// peak.
///
/// Who requests more is expected to need more: a run that requested less counts in proportion. One that was killed
/// for want of memory counts as all of the job's request. One that failed may have ended early: its peak counts, but
/// it proves nothing. Cut off by others, or never sampled (a peak of 0): left out.
AlikePeak alike_peak(const JobRequest& job, std::span<const PastJob> own);

}  // namespace foreshape
