// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The parts that compute_features is made of, and the scales that they share.
//
// Runs in: slurmctld and offline.
// Threads: pure functions.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "predictor/base/fast_math.h"
#include "predictor/model/features/features.h"
#include "predictor/model/features/past_logs.h"

namespace foreshape {

/// (ln seconds - 7) / 3: between a second and a month within -2.3 .. 2.6.
inline float scaled_log_time(float log_seconds) { return (log_seconds - 7) / 3; }
/// The same of seconds; below a second counts as one.
inline float log_time(float seconds) { return scaled_log_time(fast_log(seconds > 1 ? seconds : 1.0F)); }

/// ln(1 + n) / 4; less than nothing is nothing.
inline float log_count(float n) { return fast_log(1 + (n > 0 ? n : 0.0F)) / 4; }

/// x within [-limit, limit].
inline float clipped(float x, float limit) { return std::min(std::max(x, -limit), limit); }

/// Where a moment lies in its day and week (UTC), as points on a circle.
struct TimeOfWeek {
  float hour_sin, hour_cos, week_sin, week_cos;
};
TimeOfWeek time_of_week(UnixSeconds at_s);

/// Which past jobs are like one job. Without branches, as they are asked of all of a user's jobs.
class SameJob {
 public:
  explicit SameJob(const JobRequest& job)
      : limit_s_(job.limit_s.value_or(0)), cpus_(job.least_cpus()), name_(job.name), script_(job.script) {}
  /// The same work, to a user: script, or name.
  bool work(const PastJob& past) const {
    const bool same_name = same_text(name_, past.name), same_script = same_text(script_, past.script);
    return same_name | same_script;
  }
  /// The same shape: limit and cpus.
  bool key(const PastJob& past) const {
    return (limit_s_ == past.requested_limit_s) & (cpus_ == past.requested_cpus);
  }
  /// What precedents_of() counts.
  bool precedent(const PastJob& past) const {
    const bool is_named = (name_ != 0) | (script_ != 0);
    return !was_cut_off_by_others(past.state) && (is_named ? work(past) : key(past));
  }

 private:
  std::int64_t limit_s_;
  std::uint32_t cpus_;
  TextHash name_, script_;
};

/// What a finished job used, in seconds, bytes and shares, all > 0; 1 where known says kUnknown.
struct Used {
  std::array<float, kResources> value;
  std::array<std::uint8_t, kResources> known;
};
Used used_by(const PastJob& finished);

/// Sizes below a KiB and shares below 1/10,000 can't be told apart in a profile: their logarithms.
inline constexpr std::array<float, kResources> kMinLog = {0.0F, 6.931472F, -9.2103404F, 6.931472F, 6.931472F};

/// Fills in.job, but for the user's waiting and running jobs.
void compute_job_features(const JobMoment& moment, const PastLogs& logs, ModelInput& in);
/// Fills the rest of in.job; the elapsed time of the longest-running job of the same key, in seconds, or 0.
float compute_live_features(const JobMoment& moment, ModelInput& in);
/// Fills in.pairs, values and known, and in.candidates.
void compute_pair_features(const JobMoment& moment, const PastLogs& logs, float elapsed_s, ModelInput& in);

}  // namespace foreshape
