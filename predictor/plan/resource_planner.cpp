// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/resource_planner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "predictor/plan/memory_shape.h"
#include "predictor/plan/order_key.h"

namespace foreshape {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

Mode mode_of(const Plan& plan, Lever lever) { return plan.modes.at(static_cast<std::size_t>(lever)); }

/// The forecast at the margin in whole units, rounded up, never above the request; at least one unit.
std::optional<std::int64_t> at_margin(const Forecast& forecast, float margin,
                                      std::optional<std::int64_t> requested, std::int64_t unit) {
  if (!forecast.known()) return std::nullopt;
  const double wanted = forecast.quantile(margin);
  if (!std::isfinite(wanted)) return std::nullopt;
  constexpr double kMax = 1e18;
  const auto units =
      static_cast<std::int64_t>(std::ceil(std::clamp(wanted, 1.0, kMax) / static_cast<double>(unit)));
  const std::int64_t planned = units * unit;
  return requested && *requested > 0 ? std::min(planned, *requested) : planned;
}

// However many empty jobs were run under the name before, a request of a week counts ten minutes at least;
// one of an hour may still count 4 s.
constexpr double kMaxGain = 1000;

double expected_run_s(const JobRequest& job, const Forecast& run, float overrun) {
  const double requested = job.limit_s && *job.limit_s > 0 ? static_cast<double>(*job.limit_s)
                                                           : std::numeric_limits<double>::infinity();
  if (!run.known() || !(run.mean >= 0)) return requested;
  const double predicted = static_cast<double>(run.mean) * std::max(overrun, 1.0F);
  return std::isinf(requested) ? predicted : std::clamp(predicted, requested / kMaxGain, requested);
}

std::int64_t order_offset(const JobRequest& job, const Forecast& run, const OrderPolicy& order,
                          std::uint32_t cluster_cpus, float overrun) {
  const double share = cluster_cpus > 0 ? static_cast<double>(job.least_cpus()) / cluster_cpus : 0;
  return order_offset_s(expected_run_s(job, run, overrun), share, order);
}

constexpr float kHoldQuantile = .95F;
// Of a user with three or four past jobs the last twentieth is what others' jobs are like, and says nothing
// of his: the ninth tenth decides who is short, and the bounds below what it costs where that is wrong.
constexpr float kShortQuantile = .9F;
// A request of ten times what is predicted is common; a week for an hour's work is no mere caution.
constexpr double kMaxRequestTimes = 10;
constexpr double kOverrunTimes = 3;
constexpr double kMinHoldSeconds = 60;  // Slurm counts limits in minutes

bool may_use_pool(const JobRequest& job, const Forecast& run, const HoldPolicy& hold, float overrun) {
  if (!hold.pool || job.has_dependency || !run_in_hold_s(job, run, hold)) return false;
  const auto short_s = static_cast<double>(hold.short_job_s);
  return expected_run_s(job, run, overrun) < short_s &&
         static_cast<double>(run.quantile(kShortQuantile)) < short_s;
}

}  // namespace

std::optional<std::int64_t> run_in_hold_s(const JobRequest& job, const Forecast& run,
                                          const HoldPolicy& hold) {
  if (hold.mode == HoldMode::off || !run.known()) return std::nullopt;
  if (job.licenses != 0 || job.burst_buffer != 0 || job.array_tasks > 1) return std::nullopt;
  const double most_s = run.quantile(kHoldQuantile);
  if (!std::isfinite(most_s)) return std::nullopt;
  const double longest_s = std::max(static_cast<double>(hold.max_time_s), kMaxRequestTimes * most_s);
  if (job.limit_s && static_cast<double>(*job.limit_s) > longest_s) return std::nullopt;
  return std::llround(std::max(kMinHoldSeconds, kOverrunTimes * most_s));
}

Plan plan_job(const JobRequest& job, const Prediction& prediction, const Policy& policy,
              std::uint32_t cluster_cpus, const LeverModes* modes, const UserFactors& user) {
  Plan plan;
  plan.modes =
      modes != nullptr ? *modes : policy.modes_for({{&job.partition, 1}, {&job.qos, 1}, job.account});

  const Forecast& run = prediction.of(Resource::run_time);
  if (mode_of(plan, Lever::run_time) != Mode::off)
    plan.run_s = at_margin(run, policy.run_time_margin, job.limit_s, 1);
  if (mode_of(plan, Lever::memory) != Mode::off)
    plan.memory_bytes = at_margin(prediction.of(Resource::peak_memory), policy.memory_margin,
                                  job.memory_per_node_bytes, kMiB);
  if (mode_of(plan, Lever::memory) >= Mode::dry_run)
    plan.shaped_memory_mib = shaped_memory_mib(job, prediction, user.memory_headroom);
  if (policy.order.mode != OrderMode::off)
    plan.order_offset_s = order_offset(job, run, policy.order, cluster_cpus, user.overrun);
  plan.order_is_dry = policy.order.mode == OrderMode::dry_run;
  plan.may_use_pool = may_use_pool(job, run, policy.hold, user.overrun);
  return plan;
}

}  // namespace foreshape
