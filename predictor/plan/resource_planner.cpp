// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/resource_planner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "predictor/plan/hold_entry.h"
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

bool may_use_pool(const JobRequest& job, const Forecast& run, const HoldPolicy& hold, float overrun) {
  return run.known() && is_pool_job(job, hold_run_time(run, expected_run_s(job, run, overrun)), hold);
}

}  // namespace

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
