// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/arrival.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <vector>

#include "predictor/baseline/gap_constants.h"

namespace foreshape {
namespace {

constexpr std::size_t kRunsWeighed = 9;

// Our own clock and Slurm's may see one submission in two neighbouring seconds.
constexpr std::int64_t kSameEventSeconds = 1;

/// Seconds of submission, newest first, at most kMaxGaps + 1, each more than kSameEventSeconds before the
/// last.
std::vector<UnixSeconds> events(std::span<const Submission> submissions, std::span<const PastJob> jobs,
                                UnixSeconds now_s) {
  std::vector<UnixSeconds> seconds;
  for (const Submission& s : submissions) seconds.push_back(s.submit_s);
  for (const PastJob& job : jobs) seconds.push_back(job.submit_s);
  std::erase_if(seconds, [=](UnixSeconds s) { return s <= 0 || s > now_s; });
  std::ranges::sort(seconds, std::greater{});
  // std::unique compares with the last one kept: a burst does not hang together for ever.
  const auto same = [](UnixSeconds later, UnixSeconds s) { return later - s <= kSameEventSeconds; };
  seconds.erase(std::unique(seconds.begin(), seconds.end(), same), seconds.end());
  if (seconds.size() > kMaxGaps + 1) seconds.resize(kMaxGaps + 1);
  return seconds;
}

double probability(const std::vector<UnixSeconds>& newest_first, UnixSeconds now_s, std::int64_t window_s) {
  const std::int64_t silence_s = now_s - newest_first.front();
  const double scaled = static_cast<double>(silence_s) + kPriorScale_s;
  const double prior = 1 - std::pow(scaled / (scaled + static_cast<double>(window_s)), kPriorShape);
  double within = kPriorWeight * prior, longer = kPriorWeight;
  double weight = 1;
  for (std::size_t i = 1; i < newest_first.size(); ++i) {
    const std::int64_t gap_s = newest_first[i - 1] - newest_first[i];
    for (const Blur& blur : kBlur) {
      const double blurred_s = static_cast<double>(gap_s) * blur.factor;
      const bool is_longer = blurred_s > static_cast<double>(silence_s);
      if (is_longer) longer += weight * blur.share;
      if (is_longer && blurred_s <= static_cast<double>(silence_s + window_s)) within += weight * blur.share;
    }
    weight *= kGapDecay;
  }
  return within / longer;
}

/// Median run time of the newest finished jobs; only of that name where a name is given.
std::optional<std::uint32_t> median_run_s(std::span<const PastJob> jobs, TextHash name) {
  std::array<std::uint32_t, kRunsWeighed> runs{};
  std::size_t n = 0;
  for (const PastJob& job : jobs)
    if (n < runs.size() && is_measurement(job.state) && (name == 0 || job.name == name))
      runs[n++] = job.run_s;
  if (n == 0) return std::nullopt;
  const auto middle = runs.begin() + static_cast<std::ptrdiff_t>(n / 2);
  std::nth_element(runs.begin(), middle, runs.begin() + static_cast<std::ptrdiff_t>(n));
  return std::max(*middle, 1U);
}

/// Cpus that Slurm gave the newest finished job of this name: of a job with --exclusive, or with cpus for
/// each gpu, the submission does not say how many it takes. 0 = no such job.
std::uint32_t cpus_given(std::span<const PastJob> jobs, const Submission& shape) {
  for (const PastJob& job : jobs)
    if (job.name == shape.name && job.requested_nodes <= std::max(shape.nodes, 1U)) return job.requested_cpus;
  return 0;
}

/// The newest submission that is not in the future, from either list.
Submission last_shape(std::span<const Submission> submissions, std::span<const PastJob> jobs,
                      UnixSeconds now_s) {
  Submission last;
  for (const Submission& s : submissions)
    if (s.submit_s > last.submit_s && s.submit_s <= now_s) last = s;
  for (const PastJob& job : jobs)
    if (job.submit_s > last.submit_s && job.submit_s <= now_s) last = submission_of(job);
  return last;
}

}  // namespace

Submission submission_of(const PastJob& job) {
  return {.submit_s = job.submit_s,
          .account = job.account,
          .partition = job.partition,
          .qos = job.qos,
          .name = job.name,
          .nodes = job.requested_nodes,
          .cpus = job.requested_cpus,
          .limit_s = job.requested_limit_s,
          .memory_kib = job.requested_memory_kib,
          .predicted_run_s = 0};
}

Submission completed_shape(Submission shape, std::span<const PastJob> jobs) {
  shape.cpus = std::max(shape.cpus, cpus_given(jobs, shape));
  if (shape.predicted_run_s == 0) {
    auto run_s = median_run_s(jobs, shape.name);
    if (!run_s) run_s = median_run_s(jobs, 0);
    shape.predicted_run_s = run_s.value_or(shape.limit_s);
  }
  return shape;
}

Arrival next_arrival(std::span<const Submission> submissions, std::span<const PastJob> jobs,
                     UnixSeconds now_s, std::int64_t window_s) {
  Arrival next;
  const std::vector<UnixSeconds> seconds = events(submissions, jobs, now_s);
  if (seconds.empty()) return next;
  next.gaps = static_cast<std::uint32_t>(seconds.size() - 1);
  next.probability = probability(seconds, now_s, window_s);
  next.shape = completed_shape(last_shape(submissions, jobs, now_s), jobs);
  return next;
}

}  // namespace foreshape
