// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/submission_forecasts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "slurm-plugin/hold/core_reservations.h"

namespace foreshape {

/// By the served model where it forecasts next submissions, else from gaps.
std::vector<Foresight> SubmissionForecasts::forecast(UnixSeconds now_s, std::int64_t window_s, double least) {
  const auto served = state_.model.get();
  const auto live = state_.live.get();
  ArrivalNetwork network;
  if (served->network && served->network->model().arrivals)
    network.model = &*served->network->model().arrivals;
  network.live_jobs_of = [&](UserId uid, std::span<LiveJob> out) {
    return live->jobs_of(uid, state_.profiles, out);
  };
  const std::int64_t begun_ns = state_.clock.monotonic_ns();
  Foreseen foreseen = foresee_jobs(state_.profiles, now_s, window_s, least, network, state_.unseen.tokens());
  figures_.by = network.model != nullptr ? "model" : "gaps";
  figures_.us = (state_.clock.monotonic_ns() - begun_ns) / 1000;
  figures_.users = foreseen.users;
  figures_.by_network = foreseen.by_network;
  return std::move(foreseen.jobs);
}

/// By the hashes of their names.
std::map<TextHash, std::string> SubmissionForecasts::find_open_partitions(const SeenSlurm& seen,
                                                                          const HoldPolicy& policy) {
  const CoreReservations cores(seen);
  const UnixSeconds until_s = seen.at_s + std::max(policy.window_s, policy.deadline_s);
  std::set<std::string> names;
  for (const PoolNode& node : seen.nodes) names.insert(node.partitions.begin(), node.partitions.end());
  ages_.update(names, seen.at_s);
  std::map<TextHash, std::string> open;
  for (const std::string& name : names)
    if (!cores.are_in(name, until_s) && !ages_.is_young(name, seen.at_s)) open.emplace(text_hash(name), name);
  // Who named none within the second before partitions were known (after a start) meant the default.
  for (const PartitionFacts& facts : state_.facts.get()->partitions)
    if (facts.is_default && open.contains(facts.hash)) open.emplace(0, facts.name);
  return open;
}

std::vector<ForeseenJob> SubmissionForecasts::foresee(
    const SeenSlurm& seen, const HoldPolicy& policy,
    const std::function<std::optional<std::string>(UserId)>& name_of) {
  open_partitions_ = find_open_partitions(seen, policy);
  const double least = std::min(policy.arrival_probability_min, policy.personal_probability_min);
  std::vector<ForeseenJob> jobs;
  for (Foresight& one : forecast(seen.at_s, policy.window_s, least)) {
    one.job.partition = partition_of(one.partition);
    if (one.job.partition.empty()) continue;
    // Of everybody's names only those are asked for that may matter: a name service may be slow.
    if (!policy.serves_everybody() || one.job.probability >= policy.personal_probability_min)
      one.job.user = name_of(one.job.uid).value_or("");
    jobs.push_back(std::move(one.job));
  }
  return jobs;
}

std::string SubmissionForecasts::partition_of(TextHash partition) const {
  const auto found = open_partitions_.find(partition);
  return found != open_partitions_.end() ? found->second : "";
}

}  // namespace foreshape
