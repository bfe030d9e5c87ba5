// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whom a hold lets in, by what is predicted of the job and what it requested.
//
// Runs in: slurmctld and offline. No allocation.
// Threads: pure functions.

#include <cstdint>
#include <optional>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/plan/policy.h"

namespace foreshape {

/// A predicted run time as far as entering a hold depends on it, in seconds.
struct HoldRunTime {
  double expected_s = 0;            ///< the mean, as the order takes it
  double at_90_s = 0, at_95_s = 0;  ///< quantiles
};

/// expected_s: as the caller has it; the rest from a known forecast.
HoldRunTime hold_run_time(const Forecast& run, double expected_s);

/// The seconds that a job may run in a hold before it has overrun: three times its predicted 0.95 quantile,
/// at least a minute. nullopt: it may not enter. It may if its time limit is at
/// most hold.max_time_s or ten times that quantile, and it requests nothing that a hold can't give
/// (licenses, burst buffer, several array tasks at once). So whatever a user pretends, what goes
/// ahead of the queue ends by Slurm's own limit within max_time_s or ten times of what was predicted.
std::optional<std::int64_t> run_in_hold_s(const JobRequest& job, double at_95_s, const HoldPolicy& hold);
/// The same; nullopt also where nothing is predicted.
std::optional<std::int64_t> run_in_hold_s(const JobRequest& job, const Forecast& run, const HoldPolicy& hold);

/// A user whose job overran is kept out of holds for so long; a MissTracker says what further ones cost.
inline constexpr std::int64_t kOverrunBarSeconds = 3600;

/// Predicted to run less than hold.short_job_s: expected and 0.9 quantile.
bool is_short_run(const HoldRunTime& run, const HoldPolicy& hold);

/// Whether the pool is on and for this job: short, dependent on no other job, and such as may enter a hold at all.
bool is_pool_job(const JobRequest& job, const HoldRunTime& run, const HoldPolicy& hold);

}  // namespace foreshape
