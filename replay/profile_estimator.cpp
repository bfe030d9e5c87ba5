// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/profile_estimator.h"

#include <algorithm>
#include <cmath>

#include "replay/ended_job.h"

namespace foreshape {
namespace {

/// Bursts of equal jobs are predicted once: the same request and second, and nothing happened meanwhile.
bool alike(const JobRequest& a, const JobRequest& b) {
  return a.submit_s == b.submit_s && a.uid == b.uid && a.account == b.account && a.partition == b.partition &&
         a.name == b.name && a.cpus == b.cpus && a.limit_s == b.limit_s &&
         a.memory_per_node_bytes == b.memory_per_node_bytes;
}

}  // namespace

Estimate ProfileEstimator::estimate(JobIndex job, std::int64_t now) {
  const ReplayJob& j = load_.jobs[job];
  const Forecast& forecast = forecast_of(j, now);
  if (!forecast.known()) {
    Estimate requested = Estimate::of(j.limit_s);
    requested.is_known = false;
    return requested;
  }
  const auto bounded = [&](float run_s) { return std::clamp(run_s, 1.0F, static_cast<float>(j.limit_s)); };
  const float plan = plan_quantile_ > 0 ? forecast.quantile(plan_quantile_) : forecast.typical;
  Estimate e;
  // Past 2^24 s a float is no whole number of seconds: never above the request.
  e.plan_s = std::min(static_cast<std::int64_t>(std::ceil(bounded(plan))), j.limit_s);
  e.order_s = bounded(forecast.mean);
  e.point_s = bounded(forecast.typical);
  for (std::size_t i = 0; i < kJudgedQuantiles.size(); ++i)
    e.quantiles_s[i] = bounded(forecast.quantile(static_cast<float>(kJudgedQuantiles[i])));
  e.short_chance = static_cast<double>(forecast.share_below(static_cast<float>(kShortRun)));
  return e;
}

void ProfileEstimator::ended(JobIndex job, std::int64_t start_s, std::int64_t end_s) {
  profiles_.add_outcome(ended_job(load_, job, start_s, end_s));
  last_ = nullptr;
}

std::int64_t ProfileEstimator::longer(JobIndex job, std::int64_t elapsed_s) {
  const ReplayJob& j = load_.jobs[job];
  for (const float run_s : forecast_of(j, j.submit_s).quantiles) {
    const auto plan = static_cast<std::int64_t>(std::ceil(run_s));
    if (plan > elapsed_s) return std::min(plan, j.limit_s);
  }
  return j.limit_s;
}

const Forecast& ProfileEstimator::forecast_of(const ReplayJob& job, std::int64_t now) {
  if (last_ == nullptr || last_now_ != now || !alike(last_->request, job.request)) {
    gather(job.request, profiles_, candidates_);
    last_forecast_ = forecast(job, candidates_, now);
    last_ = &job;
    last_now_ = now;
  }
  return last_forecast_;
}

}  // namespace foreshape
