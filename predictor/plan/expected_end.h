// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// When a running job ends, as far as holding its nodes depends on it.
//
// Runs in: slurmctld and offline.
// Threads: pure function.

#include <algorithm>
#include <cstdint>

#include "predictor/base/clock.h"

namespace foreshape {

/// A running job and its predicted run time.
struct RunningJob {
  UnixSeconds start_s = 0;
  std::int64_t typical_s = 0, most_s = 0;  ///< predicted: the typical run time; what nine in ten stay below
  UnixSeconds limit_end_s = 0;
};

/// Start + its typical run time; once it has run for longer, + the time that nine in ten stay below; then as much
/// longer as it has run already (ours: run times have heavy tails, and a guess that grows with the run is wrong by a
/// factor of two at most); never beyond its limit.
inline UnixSeconds expected_end_s(const RunningJob& job, UnixSeconds now_s) {
  for (const std::int64_t run_s : {job.typical_s, job.most_s})
    if (job.start_s + run_s > now_s) return std::min(job.start_s + run_s, job.limit_end_s);
  return std::min(now_s + std::max<std::int64_t>(now_s - job.start_s, 1), job.limit_end_s);
}

}  // namespace foreshape
