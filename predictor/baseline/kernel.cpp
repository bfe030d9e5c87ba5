// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "predictor/baseline/alike_peak.h"
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
constexpr float kMinWeight = 1e-12F;

constexpr float kFloor = 0.2F;      // of all weight, spread evenly
constexpr float kPrior = 0.1F;      // of all weight, on the prior
constexpr float kPriorJobs = 1.0F;  // and as much as so many candidates of average weight
constexpr float kOneUnsaid = 0.5F;  // one job says its limit or cpus, the other does not: as if twice as much

using Weights = std::array<float, kProfileJobs>;

/// What a rank is worth; made by the same multiplications that a loop over the ranks would do.
constexpr Weights kRankWeights = [] {
  Weights weights{};
  float weight = 1;
  for (float& w : weights) {
    w = weight;
    weight *= kRankDecay;
  }
  return weights;
}();

/// min / max, i.e. exp(-|d log|); 1 if neither is said.
float likeness(float a, float b) {
  const float least = std::min(a, b), most = std::max(a, b);
  const float unsaid = most > 0 ? kOneUnsaid : 1.0F;
  return least > 0 ? least / most : unsaid;
}

float bonus(bool alike, float weight) { return alike ? weight : 1.0F; }

std::uint32_t clipped(std::int64_t x) {
  return static_cast<std::uint32_t>(std::clamp(x, std::int64_t{0}, std::int64_t{UINT32_MAX}));
}

}  // namespace

KernelWeight::KernelWeight(const JobRequest& job)
    : limit_(static_cast<float>(job.limit_s.value_or(0))),
      cpus_(static_cast<float>(job.least_cpus())),
      requested_limit_s_(clipped(job.limit_s.value_or(0))),
      requested_cpus_(job.least_cpus()),
      name_(job.name),
      script_(job.script),
      partition_(job.partition),
      burst_s_(clipped(job.submit_s - kBurst_s)),
      uid_(job.uid) {}

// No branches: the processor can't guess which of a user's jobs are alike.
float KernelWeight::operator()(const PastJob& past) const {
  const float limits = likeness(limit_, static_cast<float>(past.requested_limit_s));
  float weight = limits * limits * limits * limits * likeness(cpus_, static_cast<float>(past.requested_cpus));
  weight *= bonus(requested_limit_s_ == past.requested_limit_s, kSameLimit);
  weight *= bonus(requested_cpus_ == past.requested_cpus, kSameCpus);
  const bool same_name = same_text(name_, past.name), same_script = same_text(script_, past.script);
  weight *= bonus(same_name | same_script, kSameName);
  weight *= bonus(same_text(partition_, past.partition), kSamePartition);
  weight *= bonus(past.submit_s >= burst_s_, kSameBurst);
  weight *= bonus(uid_ != past.uid, kOtherUser);
  return std::max(weight, kMinWeight);
}

namespace {

Weights weights_of(const JobRequest& job, const Candidates& candidates) {
  Weights weights;  // NOLINT(cppcoreguidelines-pro-type-member-init): the first `size` are set
  const KernelWeight weight{job};
  for (std::size_t i = 0; i < candidates.size; ++i) weights[i] = kRankWeights[i] * weight(candidates.jobs[i]);
  return weights;
}

/// What the job may use at most of a resource; 0 = no bound.
float bound_of(const JobRequest& job, Resource resource) {
  switch (resource) {
    case Resource::run_time:
      return static_cast<float>(job.limit_s.value_or(0));
    case Resource::peak_memory:
      return static_cast<float>(job.memory_per_node_bytes.value_or(0));
    case Resource::cpu_efficiency:
      return 1;
    default:
      return 0;
  }
}

float run_time_of(const PastJob& past, float limit) {
  const auto run = static_cast<float>(past.run_s);
  if (limit <= 0) return run;
  const float scaled = run * std::sqrt(limit / static_cast<float>(std::max(past.requested_limit_s, 1U)));
  const float comparable = past.requested_limit_s == 0 ? run : scaled;
  return used_up_limit(past) ? limit : comparable;
}

/// 0 = not measured; nothing counts as the least that can be told, since ratios need it.
float bytes(std::uint32_t kib) {
  return kib == PastJob::kNotMeasured ? 0.0F : 1024.0F * static_cast<float>(std::max(kib, 1U));
}

/// What the past job says about the resource for this one; 0 = nothing.
template <Resource resource>
float value_of(const PastJob& past, float bound) {
  if constexpr (resource == Resource::run_time) return run_time_of(past, bound);
  if constexpr (resource == Resource::peak_memory) {
    const bool is_all = (past.state == JobState::out_of_memory) & (bound > 0);
    return is_all ? bound : bytes(past.used_memory_kib);
  }
  if constexpr (resource == Resource::read) return bytes(past.used_read_kib);
  if constexpr (resource == Resource::written) return bytes(past.used_written_kib);
  if constexpr (resource == Resource::cpu_efficiency) {
    const float share = static_cast<float>(std::max(past.cpu_efficiency, std::uint16_t{1})) / 10'000.0F;
    return past.cpu_efficiency == UINT16_MAX ? 0.0F : share;
  }
}

/// Cut off by others, at any point; of cancelled jobs only the run time tells.
template <Resource resource>
bool is_silent(JobState state) {
  return was_cut_off_by_others(state) | ((resource != Resource::run_time) & (state == JobState::cancelled));
}

float least_of(Resource resource) { return resource == Resource::cpu_efficiency ? 1e-4F : 1.0F; }

void add_prior(WeightedValues& values, const ShareHistogram& shares, float total, float bound, float least,
               float weight) {
  values.add_each(ShareHistogram::kBins, [&](std::size_t bin) {
    const float value = std::max(least, bound * ShareHistogram::middle(bin));
    return WeightedValues::One{value, weight * shares.count[bin] / total};
  });
}

const ShareHistogram* prior_of(const UsedShares& shares, Resource resource, float bound) {
  if (bound <= 0) return nullptr;
  if (resource == Resource::run_time) return &shares.run_time;
  return resource == Resource::peak_memory ? &shares.memory : nullptr;
}

/// What the candidates said of one resource.
struct Sums {
  float weight = 0, squares = 0, values = 0;  // of w, w^2, w v
  std::uint16_t jobs = 0;
};

template <Resource resource>
Sums add_candidates(WeightedValues& values, const Candidates& candidates, const Weights& weights,
                    float bound) {
  const float most = bound > 0 ? bound : std::numeric_limits<float>::max();
  Sums sums;
  values.add_each(candidates.size, [&](std::size_t i) {
    const PastJob& past = candidates.jobs[i];
    const float used = value_of<resource>(past, bound);
    const bool says = (used > 0) & !is_silent<resource>(past.state);
    const float value = std::max(std::min(used, most), least_of(resource));
    const float weight = says ? weights[i] : 0.0F;
    sums.weight += weight;
    sums.squares += weight * weight;
    sums.values += weight * value;
    sums.jobs = static_cast<std::uint16_t>(sums.jobs + says);
    return WeightedValues::One{value, weight};
  });
  if (sums.jobs > 0) values.add_to_each(kFloor * sums.weight / static_cast<float>(sums.jobs));
  return sums;
}

template <Resource resource>
Forecast forecast_of(const JobRequest& job, const Candidates& candidates, const Weights& weights,
                     WeightedValues& values) {
  const float bound = bound_of(job, resource);
  values.clear();
  const Sums sums = add_candidates<resource>(values, candidates, weights, bound);
  Forecast forecast;
  forecast.jobs = sums.jobs;
  const ShareHistogram* prior = prior_of(candidates.shares, resource, bound);
  if (const float seen = prior != nullptr ? prior->total() : 0; seen > 0) {
    const float weight = sums.jobs > 0 ? kPrior * sums.weight + kPriorJobs * sums.squares / sums.weight : 1;
    add_prior(values, *prior, seen, bound, least_of(resource), weight);
    if (sums.jobs == 0) forecast.jobs = static_cast<std::uint16_t>(seen);  // decayed: fits
  }
  if (values.size() == 0 || forecast.jobs == 0) return {};

  forecast.mean = sums.jobs > 0 ? sums.values / sums.weight : values.mean();
  values.sort();
  const auto summary = values.summary();
  forecast.typical = summary.typical;
  forecast.quantiles = summary.quantiles;
  return forecast;
}

/// How many of the user's own jobs have the same name and limit.
std::uint16_t similar_jobs(const JobRequest& job, std::span<const PastJob> own) {
  std::uint32_t similar = 0;
  const std::int64_t limit_s = job.limit_s.value_or(0);
  for (const PastJob& past : own) {
    const bool same_name = same_text(job.name, past.name), same_limit = past.requested_limit_s == limit_s;
    similar += same_name & same_limit;
  }
  return static_cast<std::uint16_t>(similar);
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
  const auto forecast = [&]<std::size_t... R>(std::index_sequence<R...>) {
    ((prediction.forecasts[R] = forecast_of<static_cast<Resource>(R)>(job, candidates, weights, votes[R])),
     ...);
  };
  forecast(std::make_index_sequence<kResources>());
  if (prediction.evidence == Evidence::none && prediction.of(Resource::run_time).known())
    prediction.evidence = Evidence::cluster;  // by the prior alone
  prediction.similar_jobs = similar_jobs(job, candidates.of_user());
  const AlikePeak alike = alike_peak(job, candidates.of_user());
  prediction.alike_runs = alike.runs;
  prediction.alike_peak_bytes = alike.bytes;
  return prediction;
}

}  // namespace foreshape
