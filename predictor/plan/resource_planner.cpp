#include "predictor/plan/resource_planner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "predictor/plan/order_key.h"

namespace foreshape {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

Mode mode_of(const Plan& plan, Lever lever) { return plan.modes.at(static_cast<std::size_t>(lever)); }

/// The forecast at the margin in whole units, rounded up, never above the request; at least one unit.
std::optional<std::int64_t> at_margin(const Forecast& forecast, float margin,
                                      std::optional<std::int64_t> asked, std::int64_t unit) {
  if (!forecast.known()) return std::nullopt;
  const double wanted = forecast.quantile(margin);
  if (!std::isfinite(wanted)) return std::nullopt;
  constexpr double kMost = 1e18;
  const auto units =
      static_cast<std::int64_t>(std::ceil(std::clamp(wanted, 1.0, kMost) / static_cast<double>(unit)));
  const std::int64_t planned = units * unit;
  return asked && *asked > 0 ? std::min(planned, *asked) : planned;
}

double expected_run_s(const JobRequest& job, const Forecast& run) {
  const double asked = job.limit_s && *job.limit_s > 0 ? static_cast<double>(*job.limit_s)
                                                       : std::numeric_limits<double>::infinity();
  return run.known() && run.mean >= 0 ? std::min(static_cast<double>(run.mean), asked) : asked;
}

std::int64_t order_offset(const JobRequest& job, const Forecast& run, const OrderPolicy& order,
                          std::uint32_t cluster_cpus) {
  const double share = cluster_cpus > 0 ? static_cast<double>(job.least_cpus()) / cluster_cpus : 0;
  return order_offset_s(expected_run_s(job, run), share, order);
}

bool may_use_pool(const JobRequest& job, const Forecast& run, const HoldPolicy& hold) {
  if (hold.mode == HoldPolicy::Mode::off || !hold.pool || !run.known()) return false;
  if (job.has_dependency || job.licences != 0 || job.burst_buffer != 0 || job.array_tasks > 1) return false;
  return expected_run_s(job, run) < static_cast<double>(hold.short_job_s);
}

}  // namespace

Plan plan_job(const JobRequest& job, const Prediction& prediction, const Policy& policy,
              std::uint32_t cluster_cpus) {
  Plan plan;
  for (std::size_t i = 0; i < kLevers; ++i)
    plan.modes[i] = policy.mode_for(static_cast<Lever>(i), job.partition, job.qos, job.account);

  const Forecast& run = prediction.of(Resource::run_time);
  if (mode_of(plan, Lever::run_time) != Mode::off)
    plan.run_s = at_margin(run, policy.run_time_margin, job.limit_s, 1);
  if (mode_of(plan, Lever::memory) != Mode::off)
    plan.memory_bytes = at_margin(prediction.of(Resource::peak_memory), policy.memory_margin,
                                  job.memory_per_node_bytes, kMiB);
  if (policy.order.on) plan.order_offset_s = order_offset(job, run, policy.order, cluster_cpus);
  plan.may_use_pool = may_use_pool(job, run, policy.hold);
  return plan;
}

}  // namespace foreshape
