// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who submits soon, and what, as the snapshot of past jobs lets it be foreseen.
//
// Runs in: offline.
// Threads: pure function over a file.

#include <cstdint>
#include <string>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/hash.h"
#include "predictor/base/job.h"
#include "predictor/base/result.h"

namespace foreshape {

/// The name that all staging jobs have.
inline constexpr const char* kStagingJob = "foreshape-stage";

struct StageForecast {
  UserId uid = 0;
  double probability = 0;                  ///< of a submission within the window
  TextHash account = 0, name = 0;          ///< of the user's last job; the name with digits folded
  std::vector<std::uint32_t> submitted{};  ///< what it rests on: Unix seconds, the newest first

  /// Of the next submission between so many seconds from now and window_s later.
  double probability_after(UnixSeconds now, std::int64_t after_s, std::int64_t window_s) const;
};

/// Users whose probability is at least `least`, the likeliest first. Staging jobs do not count: a user's habits
/// are not ours.
/// Errors: not_found, corrupt, unavailable - the snapshot; the message names it.
Result<std::vector<StageForecast>> foresee_submissions(const std::string& snapshot, UnixSeconds now,
                                                       std::int64_t window_s, double least);

}  // namespace foreshape
