// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// From a user's submissions and finished jobs to the numbers that the forecast of the next submission reads:
// one definition for training and serving.
//
// Runs in: slurmctld (agent thread) and offline. No allocation, no I/O: microseconds.
// Threads: pure functions.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "predictor/base/clock.h"
#include "predictor/model/arrival/arrival_bins.h"
#include "predictor/model/features/live_job.h"
#include "predictor/profile/past_job.h"
#include "predictor/profile/profile_store.h"

namespace foreshape {

/// A user at a moment; everything newest first, nothing after now_s.
struct ArrivalMoment {
  UnixSeconds now_s;
  std::span<const Submission> submissions;
  std::span<const PastJob> jobs;
  std::span<const LiveJob> live;
};

/// What a job looks like to whoever must hold nodes for it.
struct ShapeKey {
  std::uint32_t nodes = 0, cpus = 0, limit_s = 0, memory_kib = 0;
  TextHash partition = 0;
  friend bool operator==(const ShapeKey&, const ShapeKey&) = default;
};
ShapeKey shape_key(const Submission& submission);

enum class ArrivalFeature : std::uint8_t {
  hour_sin,
  hour_cos,
  week_sin,
  week_cos,  // UTC
  silence,
  since_end,
  since_end_missing,
  ended_after,  // something ended after the last submission
  within_1min,
  within_10min,
  within_1h,
  within_4h,
  within_1d,
  within_7d,
  ended_10min,
  ended_1h,
  submissions,
  days_at_this_hour,  // of the days with a submission, the share with one within an hour of this time of day
  last_gap,
  second_gap,
  gap_mean_4,
  gap_mean_16,
  gap_spread_16,
  burst,
  last_burst,
  burst_goes_on,  // of the user's earlier bursts that were as long, the share that was longer
  burst_seen,     // how many were
  run_goes_on,    // the same for bursts of seconds
  run_seen,
  third_gap,
  think_last,
  think_mean,
  think_missing,
  thinks_10min,  // share of completions that were followed by a submission within 10 minutes
  running,
  pending,
  live_missing,
  last_run,
  last_failed,
  last_cancelled,
  last_limit,
  last_cpus,
  same_shape_run,  // how many of the newest submissions had the same shape
  silent_bin,      // silence over the mean gap
  // of the last 14 days (as far as the user is known), the share with a submission this soon after this time
  // of day
  days_within_1h,
  days_within_4h,
  days_within_10h,
  days_active,
  days_known,
  weekday_active,  // of the same weekday's last two, the share with a submission
  // since the last silence of four hours or more
  session_age,
  session_count,
  session_pause,  // that silence
  session_missing,
  count_
};
/// Goes up with every change of what a feature means.
inline constexpr std::uint64_t kArrivalFeaturesVersion = 1;
inline constexpr std::size_t kArrivalFeatures = static_cast<std::size_t>(ArrivalFeature::count_);

/// Of the moment and one earlier shape of the user.
enum class ShapeFeature : std::uint8_t {
  rank,
  age,
  share,       // of the newest submissions, decayed
  after_last,  // of what followed the last shape, decayed
  just_ended,
  running,
  hour_distance,
  limit,
  cpus,
  count_
};
inline constexpr std::size_t kShapeFeatures = static_cast<std::size_t>(ShapeFeature::count_);

/// Distinct shapes that the next submission may repeat, newest first; index 0 is the last one's.
inline constexpr std::size_t kShapes = 12;

struct ArrivalInput {
  std::array<float, kArrivalFeatures> x;
  std::array<float, kArrivalBins> prior;  ///< logits of prior_hazards()
  std::uint32_t shapes;
  std::array<ShapeKey, kShapes> keys;
  std::array<float, kShapes * kShapeFeatures> rows;

  float operator[](ArrivalFeature f) const { return x[static_cast<std::size_t>(f)]; }
  float row(std::size_t k, ShapeFeature f) const {
    return rows[k * kShapeFeatures + static_cast<std::size_t>(f)];
  }
};

/// Fills all of out but the rows past out.shapes. moment must have a submission at or before now_s.
void compute_arrival_features(const ArrivalMoment& moment, ArrivalInput& out);

/// The simple forecast that the network starts from: the decayed distribution of the user's gaps, blurred,
/// given the silence so far, with a heavy-tailed prior (predictor/baseline/arrival.h), by bins.
///
/// gaps_s: newest first; each job is an event.
Hazards prior_hazards(std::span<const std::int64_t> gaps_s, std::int64_t silence_s);

}  // namespace foreshape
