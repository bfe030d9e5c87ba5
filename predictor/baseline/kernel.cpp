#include "predictor/baseline/kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>

#include "predictor/baseline/weighted_values.h"

namespace foreshape {
namespace {

// exp() of the log-weights in kernel.h.
constexpr float kRankDecay = 0.96078944F;     // -1/25
constexpr float kSameLimit = 7.3890561F;      // 2
constexpr float kSameCpus = 2.0137527F;       // 0.7
constexpr float kSameName = 4.4816891F;       // 1.5
constexpr float kSamePartition = 1.6487213F;  // 0.5
constexpr float kSameBurst = 2.7182818F;      // 1
constexpr float kOtherUser = 0.13533528F;     // -2
constexpr std::int64_t kBurst_s = 600;

// However unlike: keeps sums of squares within a float.
constexpr float kLeastWeight = 1e-12F;

constexpr float kFloor = 0.2F;      // of all weight, spread evenly
constexpr float kPrior = 0.1F;      // of all weight, on the prior
constexpr float kPriorJobs = 1.0F;  // and as much as so many candidates of average weight
constexpr float kOneUnsaid = 0.5F;  // one job says its limit or cpus, the other does not: as if twice as much

using Weights = std::array<float, kProfileJobs>;

/// min / max, i.e. exp(-|d log|); 1 if neither is said.
float likeness(float a, float b) {
  if (a > 0 && b > 0) return std::min(a, b) / std::max(a, b);
  return a > 0 || b > 0 ? kOneUnsaid : 1.0F;
}

// Picked by index, not by a branch: the processor can't guess which of a user's jobs are alike.
float bonus(bool alike, float weight) {
  const std::array<float, 2> weights = {1, weight};
  return weights[alike ? 1 : 0];
}

bool same(TextHash a, TextHash b) { return (a != 0) & (a == b); }

}  // namespace

float kernel_weight(const JobRequest& job, const PastJob& past) {
  const std::int64_t limit = job.limit_s.value_or(0);
  const std::uint32_t cpus = job.least_cpus();
  const float limits = likeness(static_cast<float>(limit), static_cast<float>(past.asked_limit_s));
  float weight = limits * limits * limits * limits *
                 likeness(static_cast<float>(cpus), static_cast<float>(past.asked_cpus));
  weight *= bonus(limit == past.asked_limit_s, kSameLimit);
  weight *= bonus(cpus == past.asked_cpus, kSameCpus);
  weight *= bonus(same(job.name, past.name) || same(job.script, past.script), kSameName);
  weight *= bonus(same(job.partition, past.partition), kSamePartition);
  weight *= bonus(past.submit_s + kBurst_s >= job.submit_s, kSameBurst);
  weight *= bonus(job.uid != past.uid, kOtherUser);
  return std::max(weight, kLeastWeight);
}

namespace {

Weights weights_of(const JobRequest& job, const Candidates& candidates) {
  Weights weights;  // NOLINT(cppcoreguidelines-pro-type-member-init): the first `size` are set
  float decay = 1;
  for (std::size_t i = 0; i < candidates.size; ++i) {
    weights[i] = decay * kernel_weight(job, candidates.jobs[i]);
    decay *= kRankDecay;
  }
  return weights;
}

/// What the job may use at most of a resource; 0 = no bound.
double bound_of(const JobRequest& job, Resource resource) {
  switch (resource) {
    case Resource::run_time:
      return static_cast<double>(job.limit_s.value_or(0));
    case Resource::peak_memory:
      return static_cast<double>(job.memory_per_node_bytes.value_or(0));
    case Resource::cpu_efficiency:
      return 1;
    default:
      return 0;
  }
}

double run_time_of(const PastJob& past, double limit) {
  if (limit <= 0) return past.run_s;
  if (past.state == JobState::timeout) return limit;
  if (past.asked_limit_s == 0) return past.run_s;
  if (past.run_s >= past.asked_limit_s) return limit;
  return past.run_s *
         static_cast<double>(std::sqrt(static_cast<float>(limit) / static_cast<float>(past.asked_limit_s)));
}

std::optional<double> bytes(std::uint32_t kib) {
  if (kib == PastJob::kNotMeasured) return std::nullopt;
  return 1024.0 * std::max(kib, 1U);  // nothing counts as the least that can be told: ratios need it
}

/// What the past job says about the resource for this one; nullopt = nothing.
std::optional<double> value_of(const PastJob& past, Resource resource, double bound) {
  if (was_cut_off_by_others(past.state)) return std::nullopt;
  if (resource == Resource::run_time) return run_time_of(past, bound);
  if (past.state == JobState::cancelled) return std::nullopt;
  switch (resource) {
    case Resource::peak_memory:
      if (past.state == JobState::out_of_memory && bound > 0) return bound;
      return bytes(past.used_memory_kib);
    case Resource::read:
      return bytes(past.used_read_kib);
    case Resource::written:
      return bytes(past.used_written_kib);
    default:
      if (past.cpu_efficiency == UINT16_MAX) return std::nullopt;
      return std::max(past.cpu_efficiency, std::uint16_t{1}) / 10'000.0;
  }
}

float least_of(Resource resource) { return resource == Resource::cpu_efficiency ? 1e-4F : 1.0F; }

void add_prior(WeightedValues& values, const ShareHistogram& shares, double bound, float least,
               float weight) {
  const float total = shares.total();
  if (!(total > 0)) return;
  for (std::size_t bin = 0; bin < ShareHistogram::kBins; ++bin)
    if (shares.count[bin] > 0)
      values.add(std::max(least, static_cast<float>(bound) * ShareHistogram::middle(bin)),
                 weight * shares.count[bin] / total);
}

const ShareHistogram* prior_of(const UsedShares& shares, Resource resource, double bound) {
  if (bound <= 0) return nullptr;
  if (resource == Resource::run_time) return &shares.run_time;
  return resource == Resource::peak_memory ? &shares.memory : nullptr;
}

/// What the candidates said of one resource.
struct Sums {
  float weight = 0, squares = 0, values = 0;  // of w, w^2, w v
  std::uint16_t jobs = 0;
};

Sums add_candidates(WeightedValues& values, const Candidates& candidates, const Weights& weights,
                    Resource resource, double bound) {
  const float least = least_of(resource);
  Sums sums;
  for (std::size_t i = 0; i < candidates.size; ++i) {
    const auto said = value_of(candidates.jobs[i], resource, bound);
    if (!said) continue;
    const auto bounded = static_cast<float>(bound > 0 ? std::min(*said, bound) : *said);
    const float value = std::max(bounded, least);
    values.add(value, weights[i]);
    sums.weight += weights[i];
    sums.squares += weights[i] * weights[i];
    sums.values += weights[i] * value;
    ++sums.jobs;
  }
  if (sums.jobs > 0) values.add_to_each(kFloor * sums.weight / static_cast<float>(sums.jobs));
  return sums;
}

Forecast forecast_of(const JobRequest& job, const Candidates& candidates, const Weights& weights,
                     Resource resource, WeightedValues& values) {
  const double bound = bound_of(job, resource);
  values.clear();
  const Sums sums = add_candidates(values, candidates, weights, resource, bound);
  Forecast forecast;
  forecast.jobs = sums.jobs;
  if (const ShareHistogram* prior = prior_of(candidates.shares, resource, bound)) {
    const float weight = sums.jobs > 0 ? kPrior * sums.weight + kPriorJobs * sums.squares / sums.weight : 1;
    add_prior(values, *prior, bound, least_of(resource), weight);
    if (sums.jobs == 0) forecast.jobs = static_cast<std::uint16_t>(prior->total());  // decayed: fits
  }
  if (values.size() == 0 || forecast.jobs == 0) return {};

  forecast.mean = sums.jobs > 0 ? sums.values / sums.weight : values.mean();
  values.sort();
  forecast.typical = values.most_typical();
  values.quantiles(forecast.quantiles);
  return forecast;
}

}  // namespace

Prediction predict_kernel(const JobRequest& job, const Candidates& candidates) {
  KernelVotes votes;
  return predict_kernel(job, candidates, votes);
}

Prediction predict_kernel(const JobRequest& job, const Candidates& candidates, KernelVotes& votes) {
  Prediction prediction;
  prediction.evidence = candidates.evidence;
  const Weights weights = weights_of(job, candidates);
  for (std::size_t i = 0; i < kResources; ++i)
    prediction.forecasts[i] = forecast_of(job, candidates, weights, static_cast<Resource>(i), votes[i]);
  if (prediction.evidence == Evidence::none && prediction.of(Resource::run_time).known())
    prediction.evidence = Evidence::cluster;  // by the prior alone
  for (const PastJob& past : candidates.of_user())
    if (same(job.name, past.name) && past.asked_limit_s == job.limit_s.value_or(0)) ++prediction.similar_jobs;
  return prediction;
}

}  // namespace foreshape
