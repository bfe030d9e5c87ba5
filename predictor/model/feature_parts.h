#pragma once
// The parts that compute_features is made of, and the scales that they share.
//
// Runs in: slurmctld and offline.
// Threads: pure functions.

#include <array>
#include <cstdint>
#include <span>

#include "predictor/model/fast_math.h"
#include "predictor/model/features.h"
#include "predictor/model/past_logs.h"

namespace foreshape {

/// (ln seconds - 7) / 3: between a second and a month within -2.3 .. 2.6.
inline float scaled_log_time(float log_seconds) { return (log_seconds - 7) / 3; }
/// The same of seconds; below a second counts as one.
inline float log_time(float seconds) { return scaled_log_time(fast_log(seconds > 1 ? seconds : 1.0F)); }

/// ln(1 + n) / 4; less than nothing is nothing.
inline float log_count(float n) { return fast_log(1 + (n > 0 ? n : 0.0F)) / 4; }

/// x within [-limit, limit].
inline float clipped(float x, float limit) { return x < -limit ? -limit : (x > limit ? limit : x); }

/// Where a moment lies in its day and week (UTC), as points on a circle.
struct TimeOfWeek {
  float hour_sin, hour_cos, week_sin, week_cos;
};
TimeOfWeek time_of_week(UnixSeconds at_s);

/// It ran into its limit.
bool used_up_limit(const PastJob& past);

/// The same work, to a user: script, or name.
bool same_work(const JobRequest& job, const PastJob& past);
/// The same shape: limit and cpus.
bool same_key(const JobRequest& job, const PastJob& past);

/// Fills in.job, but for the user's waiting and running jobs.
void compute_job_features(const JobMoment& moment, const PastLogs& logs, ModelInput& in);
/// Fills the rest of in.job; the elapsed time of the longest-running job of the same key, in seconds, or 0.
float compute_live_features(const JobMoment& moment, ModelInput& in);
/// Fills in.pairs, values and known, and in.candidates.
void compute_pair_features(const JobMoment& moment, const PastLogs& logs, float elapsed_s, ModelInput& in);

}  // namespace foreshape
