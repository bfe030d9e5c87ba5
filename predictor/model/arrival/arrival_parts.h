// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The parts that compute_arrival_features is made of, and what they share.
//
// Runs in: slurmctld and offline.
// Threads: pure functions.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "predictor/model/arrival/arrival_features.h"
#include "predictor/model/features/feature_parts.h"

namespace foreshape {

inline constexpr std::int64_t kHour_s = 3600, kDay_s = 24 * kHour_s;
inline constexpr std::size_t kMaxEvents = kRecentSubmissions + kProfileJobs;

/// One submission, wherever it is known from.
struct PastSubmission {
  std::int64_t at_s;
  ShapeKey shape;
};

/// The user's submissions, newest first: those that were seen, then those of finished jobs from before.
struct Events {
  std::array<PastSubmission, kMaxEvents>
      all;  // NOLINT(cppcoreguidelines-pro-type-member-init): the first n are set
  std::size_t n = 0;

  explicit Events(const ArrivalMoment& moment);
};

inline float time_of(std::int64_t seconds) { return log_time(static_cast<float>(seconds)); }

/// Between two times of day.
inline std::int64_t hours_apart_s(std::int64_t a, std::int64_t b) {
  const std::int64_t apart = std::abs(a - b) % kDay_s;
  return std::min(apart, kDay_s - apart);
}

/// Fills out.shapes, keys and rows.
void compute_shape_features(const ArrivalMoment& moment, const Events& events, ArrivalInput& out);

}  // namespace foreshape
