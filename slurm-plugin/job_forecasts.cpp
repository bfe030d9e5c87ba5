#include "slurm-plugin/job_forecasts.h"

#include <cmath>
#include <unordered_set>

#include "predictor/advisor.h"

namespace foreshape {

void JobForecasts::begin_pass(std::span<const SeenJob> jobs) {
  new_ones_ = 0;
  std::unordered_set<JobId> there;
  for (const SeenJob& job : jobs) there.insert(job.id);
  std::erase_if(kept_, [&](const auto& kept) { return !there.contains(kept.first); });
}

const JobForecasts::Kept* JobForecasts::forecast(const SeenJob& job, const Policy& policy) {
  if (const auto found = kept_.find(job.id); found != kept_.end()) return &found->second;
  if (++new_ones_ > kMostNewOnes) return nullptr;
  const Advice advice = advise(job.asked, profiles_, policy, 0);
  Kept kept;
  kept.may_use_pool = advice.plan.may_use_pool;
  if (const Forecast& run = advice.prediction.of(Resource::run_time); run.known()) {
    kept.typical_s = std::llround(run.typical);
    kept.most_s = std::llround(run.quantile(.9F));
  }
  return &(kept_[job.id] = kept);
}

UnixSeconds JobForecasts::expected_end_s(const SeenJob& job, UnixSeconds now_s, const Policy& policy) {
  const Kept* kept = forecast(job, policy);
  if (kept == nullptr || kept->typical_s == 0) return job.end_s;
  for (const std::int64_t run_s : {kept->typical_s, kept->most_s})
    if (job.start_s + run_s > now_s) return std::min(job.start_s + run_s, job.end_s);
  return std::min(now_s + std::max<std::int64_t>(now_s - job.start_s, 1), job.end_s);
}

bool JobForecasts::may_use_pool(const SeenJob& job, const Policy& policy) {
  const Kept* kept = forecast(job, policy);
  return kept != nullptr && kept->may_use_pool;
}

}  // namespace foreshape
