// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/hold_entry.h"

#include <algorithm>
#include <cmath>

namespace foreshape {
namespace {

// A request of ten times what is predicted is common; a week for an hour's work is no mere caution.
constexpr double kMaxRequestTimes = 10;
constexpr double kOverrunTimes = 3;
constexpr double kMinHoldSeconds = 60;  // Slurm counts limits in minutes

}  // namespace

HoldRunTime hold_run_time(const Forecast& run, double expected_s) {
  return {.expected_s = expected_s,
          .at_90_s = static_cast<double>(run.quantile(.9F)),
          .at_95_s = static_cast<double>(run.quantile(.95F))};
}

std::optional<std::int64_t> run_in_hold_s(const JobRequest& job, double at_95_s, const HoldPolicy& hold) {
  if (hold.mode == HoldMode::off || !std::isfinite(at_95_s)) return std::nullopt;
  if (job.licenses != 0 || job.burst_buffer != 0 || job.array_tasks > 1) return std::nullopt;
  const double longest_s = std::max(static_cast<double>(hold.max_time_s), kMaxRequestTimes * at_95_s);
  if (job.limit_s && static_cast<double>(*job.limit_s) > longest_s) return std::nullopt;
  return std::llround(std::max(kMinHoldSeconds, kOverrunTimes * at_95_s));
}

std::optional<std::int64_t> run_in_hold_s(const JobRequest& job, const Forecast& run,
                                          const HoldPolicy& hold) {
  if (!run.known()) return std::nullopt;
  return run_in_hold_s(job, static_cast<double>(run.quantile(.95F)), hold);
}

// Of a user with three or four past jobs the last twentieth is what others' jobs are like, and says nothing
// of his: the ninth tenth decides who is short, and the bounds above what it costs where that is wrong.
bool is_short_run(const HoldRunTime& run, const HoldPolicy& hold) {
  const auto short_s = static_cast<double>(hold.short_job_s);
  return run.expected_s < short_s && run.at_90_s < short_s;
}

bool is_pool_job(const JobRequest& job, const HoldRunTime& run, const HoldPolicy& hold) {
  return hold.pool && !job.has_dependency && run_in_hold_s(job, run.at_95_s, hold) && is_short_run(run, hold);
}

}  // namespace foreshape
