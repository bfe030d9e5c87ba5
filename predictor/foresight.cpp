// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/foresight.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "predictor/baseline/arrival.h"
#include "predictor/model/arrival/arrival_features.h"

namespace foreshape {
namespace {

/// The network at work for one pass, user by user: in batches it is not faster (docs/benchmarks.md).
class Forecaster {
 public:
  explicit Forecaster(const ArrivalNetwork& network)
      : network_(network), state_(network.model->hidden, 1, false) {}

  /// What `simple` says with the network's probability and shape; `simple` itself where the network says
  /// nothing that is a probability.
  bool improve(const UserActivity& user, UnixSeconds now_s, std::int64_t window_s, Arrival& simple) {
    const std::size_t live =
        network_.live_jobs_of ? std::min(network_.live_jobs_of(user.uid, live_), live_.size()) : 0;
    compute_arrival_features({now_s, user.submissions, user.jobs, std::span{live_}.first(live)}, input_);
    const ArrivalInput* one = &input_;
    forward(network_.model->weights, std::span{&one, 1}, loops_, state_);
    const ArrivalForecast& forecast = state_.forecasts[0];
    const double p = probability_within(forecast.hazards, static_cast<double>(window_s));
    if (!std::isfinite(p)) return false;
    simple.probability = p;
    const auto known = std::span{forecast.shapes}.first(input_.shapes);
    const auto best = static_cast<std::size_t>(std::ranges::max_element(known) - known.begin());
    if (best > 0 && best < known.size()) take_shape(user, now_s, input_.keys[best], simple);
    return true;
  }

 private:
  /// The user's newest submission of that shape.
  static void take_shape(const UserActivity& user, UnixSeconds now_s, const ShapeKey& key, Arrival& arrival) {
    const auto seen = std::ranges::find_if(
        user.submissions, [&](const Submission& s) { return s.submit_s <= now_s && shape_key(s) == key; });
    if (seen != user.submissions.end()) {
      arrival.shape = completed_shape(*seen, user.jobs);
      return;
    }
    for (const PastJob& job : user.jobs)
      if (const Submission s = submission_of(job); s.submit_s <= now_s && shape_key(s) == key) {
        arrival.shape = completed_shape(s, user.jobs);
        return;
      }
  }

  const ArrivalNetwork& network_;
  ArrivalState state_;
  LoopProducts loops_;
  ArrivalInput input_{};
  std::array<LiveJob, kMaxLiveJobs> live_{};
};

Foresight foresight(UserId uid, const Arrival& next) {
  Foresight one;
  one.partition = next.shape.partition;
  one.job.uid = uid;
  one.job.probability = next.probability;
  one.job.nodes = std::max(next.shape.nodes, 1U);
  one.job.cpus = std::max(next.shape.cpus, 1U);
  one.job.memory_bytes = std::int64_t{next.shape.memory_kib} * 1024;
  one.job.run_s = next.shape.predicted_run_s;
  return one;
}

}  // namespace

Foreseen foresee_jobs(const ProfileStore& profiles, UnixSeconds now_s, std::int64_t window_s, double least,
                      const ArrivalNetwork& network, std::span<const std::uint64_t> unseen) {
  Foreseen foreseen;
  std::optional<Forecaster> forecaster;
  if (network.model != nullptr) forecaster.emplace(network);
  std::vector<Submission> seen;
  profiles.for_each_active_user(now_s - kActiveSeconds, [&](UserActivity user) {
    ++foreseen.users;
    if (!unseen.empty()) {
      seen.assign(user.submissions.begin(), user.submissions.end());
      std::erase_if(seen,
                    [&](const Submission& one) { return std::ranges::binary_search(unseen, one.token); });
      user.submissions = seen;
    }
    Arrival next = next_arrival(user.submissions, user.jobs, now_s, window_s);
    if (next.gaps == 0) return;
    if (forecaster && foreseen.by_network < kMaxByNetwork && forecaster->improve(user, now_s, window_s, next))
      ++foreseen.by_network;
    if (next.probability >= least) foreseen.jobs.push_back(foresight(user.uid, next));
  });
  return foreseen;
}

}  // namespace foreshape
