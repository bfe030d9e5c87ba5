// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/scoreboard.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "predictor/base/enum_names.h"
#include "predictor/baseline/simple.h"
#include "predictor/model/features/feature_parts.h"

namespace foreshape {
namespace {

constexpr std::size_t kRunTime = static_cast<std::size_t>(Resource::run_time);
constexpr std::size_t kMemory = static_cast<std::size_t>(Resource::peak_memory);

/// What was measured of a resource; nothing where the job requested no memory.
std::optional<double> measured(const TracedJob& job, Resource resource) {
  const JobUsage& usage = job.usage;
  const auto number = [](const auto& x) -> std::optional<double> {
    return x && *x > 0 ? std::optional{static_cast<double>(*x)} : std::nullopt;
  };
  switch (resource) {
    case Resource::peak_memory: {
      const auto used = number(usage.peak_memory_bytes), bound = number(job.request.memory_per_node_bytes);
      return used && bound ? std::optional{std::min(*used, *bound)} : std::nullopt;
    }
    case Resource::cpu_efficiency:
      return number(usage.cpu_efficiency);
    case Resource::read:
      return number(usage.read_bytes);
    case Resource::written:
      return number(usage.written_bytes);
    default:
      return std::nullopt;
  }
}

bool is_unprecedented(const JobRequest& job, const Candidates& candidates) {
  const SameJob same{job};
  return std::ranges::none_of(candidates.of_user(),
                              [&](const PastJob& past) { return same.precedent(past); });
}

}  // namespace

void Scoreboard::UserLead::add(double lead) {
  sum += lead;
  squares += lead * lead;
  ++jobs;
}

bool Scoreboard::UserLead::is_worse() const {
  const auto n = static_cast<double>(jobs);
  const double mean = sum / n, variance = std::max(squares / n - mean * mean, 0.0);
  return mean < -2 * std::sqrt(variance / n);
}

Scoreboard::Scoreboard(const std::vector<TracedJob>& jobs, bool with_network)
    : with_network_(with_network), heavy_(jobs.size() / 20) {
  for (const TracedJob& job : jobs) ++of_user_[job.request.uid];
}

void Scoreboard::add(const TracedJob& job, const ProfileStore& store, const Candidates& candidates,
                     const JudgedForecasts& forecasts) {
  add_run_time(job, store, candidates, forecasts);
  add_used(job, candidates, forecasts);
}

std::vector<JobGroup> Scoreboard::groups_of(const JobRequest& job, const Candidates& candidates) const {
  std::vector<JobGroup> groups = {JobGroup::all};
  if (candidates.own < kNewcomerJobs) groups.push_back(JobGroup::new_users);
  if (of_user_.at(job.uid) >= heavy_) groups.push_back(JobGroup::heavy_users);
  const SameJob is_like{job};
  const auto alike =
      std::ranges::count_if(candidates.of_user(), [&](const PastJob& past) { return is_like.key(past); });
  if (alike < 3) groups.push_back(JobGroup::rare_jobs);
  if (is_unprecedented(job, candidates)) groups.push_back(JobGroup::unprecedented);
  return groups;
}

void Scoreboard::add_run_time(const TracedJob& job, const ProfileStore& store, const Candidates& candidates,
                              const JudgedForecasts& forecasts) {
  const auto run = static_cast<double>(job.usage.run_s);
  const auto requested = static_cast<double>(job.request.limit_s.value_or(0));
  std::array<PastJob, 2> own;
  const std::size_t n = store.newest_jobs(ProfileGroup::user, job.request.uid, own);
  const auto last2 = last_two_run_s(job.request, std::span{own}.first(n));
  const auto& [kernel, network, model] =
      std::tie(forecasts.kernel[kRunTime], forecasts.network[kRunTime], forecasts.model[kRunTime]);
  for (const JobGroup group : groups_of(job.request, candidates)) {
    const auto add = [&](Evaluated predictor, const auto& said_by_it, bool is_known) {
      Score& score = scores_.run_time[static_cast<std::size_t>(predictor)][static_cast<std::size_t>(group)];
      if (is_known) return score.add(said_by_it, run);
      if (requested > 0) score.add(requested, run);
    };
    add(Evaluated::requested, requested, requested > 0);
    add(Evaluated::last2, static_cast<double>(last2.value_or(0)), last2.has_value());
    add(Evaluated::kernel, kernel, kernel.known());
    if (!with_network_) continue;
    add(Evaluated::network, network.known() ? network : kernel, kernel.known());
    add(Evaluated::model, model, model.known());
  }
  const auto add_margin = [&](Evaluated predictor, const Forecast& forecast) {
    if (forecast.known())
      margins_[static_cast<std::size_t>(predictor)].add(job.request.uid, forecast, run, job.request.limit_s);
  };
  add_margin(Evaluated::kernel, kernel);
  if (with_network_) add_margin(Evaluated::network, network.known() ? network : kernel);
  if (with_network_) add_margin(Evaluated::model, model);
  if (!kernel.known() && requested <= 0) return;
  const auto typical = [&](const Forecast& f) {
    return f.known() ? static_cast<double>(f.typical) : requested;
  };
  leads_[job.request.uid].add(likeness(typical(model), run) - likeness(typical(kernel), run));
}

void Scoreboard::add_used(const TracedJob& job, const Candidates& candidates,
                          const JudgedForecasts& forecasts) {
  const bool is_cold = is_unprecedented(job.request, candidates);
  for (std::size_t r = kMemory; r < kResources; ++r) {
    const auto used = measured(job, static_cast<Resource>(r));
    // Where nothing is known the request stands for it; without one nobody is scored.
    const double requested =
        r == kMemory ? static_cast<double>(job.request.memory_per_node_bytes.value_or(0)) : 0;
    if (!used || (!forecasts.kernel[r].known() && requested <= 0)) continue;
    const auto add = [&](Evaluated predictor, const Forecast& forecast) {
      const auto p = static_cast<std::size_t>(predictor);
      const auto add_to = [&](Score& score) {
        forecast.known() ? score.add(forecast, *used) : score.add(requested, *used);
      };
      add_to(scores_.used[p][r]);
      if (is_cold) add_to(scores_.unprecedented_used[p][r]);
    };
    if (requested > 0) add(Evaluated::requested, {});
    add(Evaluated::kernel, forecasts.kernel[r]);
    if (!with_network_) continue;
    add(Evaluated::network, forecasts.network[r].known() ? forecasts.network[r] : forecasts.kernel[r]);
    add(Evaluated::model, forecasts.model[r]);
  }
}

Scores Scoreboard::scores() const {
  Scores scores = scores_;
  for (const auto& [uid, lead] : leads_) {
    if (lead.jobs < kJobsToTell) continue;
    ++scores.users;
    if (lead.is_worse()) ++scores.users_worse;
  }
  for (std::size_t p = 0; p < kEvaluated; ++p) scores.margins[p] = margins_[p].counts();
  return scores;
}

std::string_view name_of(Evaluated predictor) {
  static constexpr EnumNames<Evaluated, Evaluated::model> kNames{"requested", "last2", "kernel", "network",
                                                                 "model"};
  return kNames.of(predictor);
}

std::string_view name_of(JobGroup group) {
  static constexpr EnumNames<JobGroup, JobGroup::unprecedented> kNames{"all", "new_users", "heavy_users",
                                                                       "rare_jobs", "unprecedented"};
  return kNames.of(group);
}

std::vector<ModelMetric> metrics_of(const Scores& scores) {
  std::vector<ModelMetric> metrics;
  for (std::size_t p = 0; p < kEvaluated; ++p) {
    const auto add = [&](std::size_t r, const Score& score) {
      add_metrics(metrics, name_of(static_cast<Evaluated>(p)), static_cast<Resource>(r), score);
    };
    add(kRunTime, scores.run_time[p][static_cast<std::size_t>(JobGroup::all)]);
    for (std::size_t r = kMemory; r < kResources; ++r) add(r, scores.used[p][r]);
  }
  return metrics;
}

}  // namespace foreshape
