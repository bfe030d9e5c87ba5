// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/job_forecasts.h"

#include <cmath>
#include <unordered_set>
#include <utility>

#include "predictor/plan/expected_end.h"
#include "predictor/plan/hold_entry.h"
#include "predictor/planned_job.h"

namespace foreshape {

namespace {

/// It grows a little with each second that a job runs on: not each time is there something to say anew.
float coarse(float overrun) { return std::round(overrun * 8) / 8; }

}  // namespace

void JobForecasts::begin_pass(std::span<const SeenJob> jobs, std::shared_ptr<const UserOverruns> overruns) {
  new_ones_ = 0;
  overruns_ = std::move(overruns);
  std::unordered_set<JobId> there;
  for (const SeenJob& job : jobs) there.insert(job.id);
  std::erase_if(kept_, [&](const auto& kept) { return !there.contains(kept.first); });
}

const JobForecasts::Kept* JobForecasts::forecast(const SeenJob& job, const Policy& policy) {
  const std::uint32_t cpus = job.requested.least_cpus(), nodes = job.requested.nodes.value_or(1);
  const float overrun = coarse(overruns_ ? overruns_->factor_of(job.uid) : 1.0F);
  if (const auto found = kept_.find(job.id); found != kept_.end()) {
    const Kept& kept = found->second;
    if (kept.limit_s == job.requested.limit_s && kept.cpus == cpus && kept.nodes == nodes &&
        kept.overrun == overrun)
      return &kept;
  }
  if (++new_ones_ > kMaxNewOnes) return nullptr;
  Serving serving;
  serving.user.overrun = overrun;
  const PlannedJob planned = predict_and_plan(job.requested, profiles_, policy, 0, serving);
  Kept kept;
  kept.may_use_pool = planned.plan.may_use_pool;
  kept.limit_s = job.requested.limit_s;
  kept.cpus = cpus;
  kept.nodes = nodes;
  kept.overrun = overrun;
  if (kept.limit_s)
    kept.hold_run_s = run_in_hold_s(job.requested, planned.prediction.of(Resource::run_time), policy.hold);
  if (const Forecast& run = planned.prediction.of(Resource::run_time); run.known()) {
    const double expected_s = static_cast<double>(run.mean) * static_cast<double>(overrun);
    kept.is_short = is_short_run(hold_run_time(run, expected_s), policy.hold);
    kept.typical_s = std::llround(run.typical);
    kept.most_s = std::llround(run.quantile(.9F));
  }
  return &(kept_[job.id] = kept);
}

UnixSeconds JobForecasts::expected_end_s(const SeenJob& job, UnixSeconds now_s, const Policy& policy) {
  const Kept* kept = forecast(job, policy);
  if (kept == nullptr || kept->typical_s == 0) return job.end_s;
  return foreshape::expected_end_s({.start_s = job.start_s,
                                    .typical_s = kept->typical_s,
                                    .most_s = kept->most_s,
                                    .limit_end_s = job.end_s},
                                   now_s);
}

bool JobForecasts::may_use_pool(const SeenJob& job, const Policy& policy) {
  const Kept* kept = forecast(job, policy);
  return kept != nullptr && kept->may_use_pool;
}

std::optional<std::int64_t> JobForecasts::may_run_s(const SeenJob& job, const LiveHold& hold,
                                                    const Policy& policy) {
  const Kept* kept = forecast(job, policy);
  if (kept == nullptr) return std::nullopt;
  if (hold.kind == HoldKind::pool && !kept->may_use_pool) return std::nullopt;
  const bool is_anybodys = policy.hold.serves_everybody() && !hold.chain.is_open();
  if (hold.kind == HoldKind::personal && is_anybodys && !kept->is_short) return std::nullopt;
  return kept->hold_run_s;
}

bool JobForecasts::may_follow(const SeenJob& job, const Policy& policy) {
  const Kept* kept = forecast(job, policy);
  return kept != nullptr && kept->hold_run_s.has_value();
}

}  // namespace foreshape
