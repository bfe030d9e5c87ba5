// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/chain_forecasts.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace foreshape {
namespace {

using NodeIndex = std::unordered_map<std::string_view, const PoolNode*>;

/// Its nodes are its own: nobody else is on them, and it has all of their cpus.
bool has_whole_nodes(const SeenJob& job, const NodeIndex& nodes) {
  std::uint32_t cpus = 0;
  for (const std::string& name : job.nodes) {
    const auto node = nodes.find(name);
    if (node == nodes.end() || node->second->jobs != 1) return false;
    cpus += node->second->cpus;
  }
  return !job.nodes.empty() && job.given_cpus >= cpus;
}

ForeseenJob foreseen_after(const SeenJob& job, const ChainRules& rules) {
  ForeseenJob next;
  next.uid = job.uid;
  next.chain.after = job.id;
  next.chain_nodes = job.nodes;
  next.chain_hold = rules.hold_of(job);
  return next;
}

}  // namespace

bool follows(const SeenJob& job, const ChainLink& chain) {
  if (chain.successor != 0) return job.id == chain.successor;
  return chain.ended_s != 0 && job.submit_s + 1 >= chain.ended_s;  // Slurm's and our second may differ
}

/// A user's running job and when it ends.
struct ChainForecasts::Running {
  UnixSeconds end_s;
  const SeenJob* job;
};

std::optional<ForeseenJob> ChainForecasts::dependent(const SeenJob& job, const SeenJob& waiting,
                                                     const ChainRules& rules) {
  if (waiting.partitions.size() != 1 || waiting.uid != job.uid || !rules.may_enter(waiting))
    return std::nullopt;
  if (rules.partition_of(text_hash(waiting.partitions.front())).empty()) return std::nullopt;
  ForeseenJob next = foreseen_after(job, rules);
  next.probability = waiting.waits_for_success ? success_share(job.requested.name, jobs_) : 1;
  next.partition = waiting.partitions.front();
  next.nodes = std::max(waiting.requested.nodes.value_or(1), 1U);
  next.cpus = waiting.requested.least_cpus();
  next.memory_bytes = waiting.requested.memory_per_node_bytes.value_or(0);
  next.chain.successor = waiting.id;
  next.chain.wait_s = kDependentWaitSeconds;
  return next;
}

std::optional<ForeseenJob> ChainForecasts::resubmitted(const SeenJob& job, const ChainRules& rules,
                                                       UnixSeconds now_s) {
  const Succession& next = succession_of(job.requested.name, now_s);
  if (next.probability < rules.probability_min || !rules.may_enter(job)) return std::nullopt;
  ForeseenJob foreseen = foreseen_after(job, rules);
  foreseen.partition = rules.partition_of(next.shape.partition);
  if (foreseen.partition.empty()) return std::nullopt;
  foreseen.probability = next.probability;
  foreseen.nodes = std::max(next.shape.nodes, 1U);
  foreseen.cpus = std::max(next.shape.cpus, 1U);
  foreseen.memory_bytes = std::int64_t{next.shape.memory_kib} * 1024;
  foreseen.run_s = next.shape.predicted_run_s;
  foreseen.chain.wait_s = next.wait_s;
  return foreseen;
}

std::optional<ForeseenJob> ChainForecasts::after(const SeenJob& job,
                                                 const std::vector<const SeenJob*>& dependents,
                                                 const ChainRules& rules, UnixSeconds now_s) {
  for (const SeenJob* waiting : dependents) {
    auto next = dependent(job, *waiting, rules);
    if (next && next->probability >= rules.probability_min) return next;
  }
  // Who lets jobs depend on each other submits none at their end.
  if (!dependents.empty()) return std::nullopt;
  return resubmitted(job, rules, now_s);
}

void ChainForecasts::look_at(UserId uid) {
  jobs_.resize(kProfileJobs);
  jobs_.resize(profiles_.newest_jobs(ProfileGroup::user, uid, jobs_));
  submissions_.resize(kRecentSubmissions);
  submissions_.resize(profiles_.newest_submissions(uid, 0, submissions_));
  successions_.clear();
}

const Succession& ChainForecasts::succession_of(TextHash name, UnixSeconds now_s) {
  const auto known = successions_.find(name);
  if (known != successions_.end()) return known->second;
  return successions_[name] = succession(name, submissions_, jobs_, now_s);
}

std::vector<ForeseenJob> ChainForecasts::foresee(const SeenSlurm& seen, const ResourcePool& pool,
                                                 const ChainRules& rules) {
  NodeIndex nodes;
  for (const PoolNode& node : pool.nodes) nodes.emplace(node.name, &node);
  std::unordered_map<JobId, std::vector<const SeenJob*>> dependents;
  std::map<UserId, std::vector<Running>> users;
  for (const SeenJob& job : seen.jobs) {
    if (job.waits_for_end_of != 0) dependents[job.waits_for_end_of].push_back(&job);
    if (job.state != JobState::running || job.uid == 0 || !rules.may_be_served(job.uid)) continue;
    if (!has_whole_nodes(job, nodes)) continue;
    users[job.uid].push_back({rules.expected_end_s(job), &job});
  }
  std::vector<ForeseenJob> foreseen;
  for (auto& [uid, running] : users) {
    std::ranges::stable_sort(running, {}, &Running::end_s);
    if (running.size() > kMaxJobsOfUser) running.resize(kMaxJobsOfUser);
    look_at(uid);
    for (const Running& one : running) {
      auto next = after(*one.job, dependents[one.job->id], rules, seen.at_s);
      if (!next) continue;
      auto name = rules.name_of(uid);
      if (!name) break;
      next->user = std::move(*name);
      foreseen.push_back(std::move(*next));
      break;
    }
  }
  return foreseen;
}

}  // namespace foreshape
