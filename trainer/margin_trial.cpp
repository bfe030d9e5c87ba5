// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/margin_trial.h"

#include <algorithm>
#include <cmath>

#include "predictor/base/enum_names.h"
#include "predictor/plan/margin_scale.h"
#include "trainer/user_margins.h"

namespace foreshape {
namespace {

// Forecasts are floats: a request need not survive the rounding.
constexpr double kRounding = 1 - 1e-5;
// Gibbs & Candes' own.
constexpr double kPlainStep = 0.005;

bool is_too_small(double planned, double used) { return used * kRounding > planned; }

std::optional<double> positive(const std::optional<std::int64_t>& amount) {
  return amount && *amount > 0 ? std::optional{static_cast<double>(*amount)} : std::nullopt;
}

/// It ended before its request, and not by itself.
bool is_cut_off(JobState state) {
  return !is_measurement(state) && state != JobState::unknown && state != JobState::timeout &&
         state != JobState::out_of_memory;
}

/// Whose counts are beyond what the rate and chance allow: as in UserMargins.
bool is_off(double jobs, double too_small, double rate) {
  constexpr double kStandardErrors = 2;
  return too_small > rate * jobs + kStandardErrors * std::sqrt(jobs * rate * (1 - rate));
}

VarianceSettings settings_at(double rate) {
  VarianceSettings settings;
  settings.rate = rate;
  return settings;
}

}  // namespace

MarginTrial::MarginTrial(Resource resource, double rate)
    : resource_(resource), rate_(rate), controller_(settings_at(rate)) {}

void MarginTrial::plan(Planned& job) {
  auto& [controller, fixed, adaptive] = job.plans;
  controller = fixed = adaptive = job.requested;
  if (job.forecast.known()) {
    if (const auto t = controller_.margin(job.subject)) controller = value_at(job.forecast, *t);
    fixed = static_cast<double>(job.forecast.quantile(static_cast<float>(1 - rate_)));
    const double rate = adaptive_.try_emplace(job.uid, rate_).first->second;
    if (rate >= 1)
      adaptive = 1;
    else if (rate > 0)
      adaptive = static_cast<double>(job.forecast.quantile(static_cast<float>(1 - rate)));
  }
  for (double& plan : job.plans) plan = std::min(plan, job.requested);
}

std::optional<double> MarginTrial::submitted(const TracedJob& job, const Prediction& prediction,
                                             const Forecast& forecast, bool counts) {
  const bool memory = resource_ == Resource::peak_memory;
  const auto used = positive(memory ? job.usage.peak_memory_bytes : std::optional{job.usage.run_s});
  const auto requested = positive(memory ? job.request.memory_per_node_bytes : job.request.limit_s);
  if (!used || !requested) return std::nullopt;
  Planned planned;
  planned.uid = job.request.uid;
  planned.counts = counts;
  planned.used = std::min(*used, *requested);
  planned.requested = *requested;
  planned.forecast = forecast;
  planned.subject = {job.request.uid, job.request.account, familiarity_of(prediction)};
  planned.is_bound = is_cut_off(job.usage.state) && planned.used < planned.requested;
  const auto last = last2_.find(job.request.uid);
  planned.last2 = last != last2_.end() ? (last->second.newest + last->second.before) / 2 : *requested;
  plan(planned);
  if (planned.plans[0] < planned.requested) controller_.planned(planned.subject);
  live_[&job] = planned_.size();
  planned_.push_back(planned);
  return planned.plans[0];
}

void MarginTrial::ended(const TracedJob& job) {
  const auto found = live_.find(&job);
  if (found == live_.end()) return;
  const Planned& planned = planned_[found->second];
  live_.erase(found);
  const auto [last, is_first] = last2_.try_emplace(planned.uid, Last2{planned.used, planned.used});
  if (!is_first) last->second = {planned.used, last->second.newest};
  if (!planned.forecast.known()) return;
  const auto missed = [&](MarginMethod method) {
    return is_too_small(planned.plans[static_cast<std::size_t>(method)], planned.used);
  };
  controller_.judged(
      planned.subject,
      {score_of(planned.forecast, planned.used), missed(MarginMethod::controller), planned.is_bound},
      planned.plans[0] < planned.requested);
  double& rate = adaptive_.try_emplace(planned.uid, rate_).first->second;
  rate += kPlainStep * (rate_ - (missed(MarginMethod::plain_adaptive) ? 1 : 0));
}

double MarginTrial::plan_of(MarginMethod method, const Planned& job, double knob) const {
  if (method < MarginMethod::best_quantile) return job.plans[static_cast<std::size_t>(method)];
  if (method == MarginMethod::best_last2) return std::min(job.last2 * std::exp(knob), job.requested);
  if (!job.forecast.known()) return job.requested;
  const double wanted =
      method == MarginMethod::best_factor
          ? static_cast<double>(job.forecast.typical) * std::exp(knob)
          : static_cast<double>(job.forecast.quantile(static_cast<float>(1 - std::exp(-knob))));
  return std::min(wanted, job.requested);
}

MarginResult MarginTrial::result_of(MarginMethod method, double knob) const {
  struct OfUser {
    std::size_t jobs = 0, too_small = 0;
  };
  std::unordered_map<UserId, OfUser> users;
  MarginResult result;
  for (const Planned& job : planned_) {
    if (!job.counts) continue;
    const double planned = plan_of(method, job, knob);
    const bool missed = is_too_small(planned, job.used);
    OfUser& user = users[job.uid];
    ++user.jobs;
    ++result.jobs;
    user.too_small += missed ? 1 : 0;
    result.too_small += missed ? 1 : 0;
    result.used += job.used;
    result.requested += job.requested;
    result.planned += planned;
    result.with_retries += planned + (missed ? job.requested : 0);
  }
  for (const auto& [uid, user] : users) {
    if (user.jobs < kJobsToTell) continue;
    ++result.users;
    result.users_too_small +=
        is_off(static_cast<double>(user.jobs), static_cast<double>(user.too_small), rate_) ? 1 : 0;
  }
  return result;
}

MarginResult MarginTrial::best_of(MarginMethod method) const {
  const bool is_level = method == MarginMethod::best_quantile;
  // Levels from 0 to .99, beyond which a forecast says nothing; factors from .05 to 20,000.
  double low = is_level ? 0 : -3, high = is_level ? 4.7 : 10;
  constexpr int kHalvings = 24;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (result_of(method, middle).rate() > rate_ ? low : high) = middle;
  }
  return result_of(method, high);
}

MarginResults MarginTrial::results() const {
  MarginResults results{resource_, rate_, {}};
  for (std::size_t m = 0; m < kMarginMethods; ++m) {
    const auto method = static_cast<MarginMethod>(m);
    results.of[m] = method < MarginMethod::best_quantile ? result_of(method, 0) : best_of(method);
  }
  return results;
}

std::string_view name_of(MarginMethod method) {
  static constexpr EnumNames<MarginMethod, MarginMethod::best_last2> kNames{
      "controller", "fixed_quantile", "plain_adaptive", "best_quantile", "best_factor", "best_last2"};
  return kNames.of(method);
}

}  // namespace foreshape
