// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/confined_jobs.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace foreshape {
namespace {

bool is_of_a_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

bool has_features(const PoolNode& node, std::string_view wanted) {
  const bool all = std::ranges::all_of(wanted, [](char c) { return is_of_a_name(c) || c == '&'; });
  bool any = wanted.empty();
  while (!wanted.empty()) {
    const auto first = std::ranges::find_if(wanted, is_of_a_name);
    const auto last = std::find_if_not(first, wanted.end(), is_of_a_name);
    if (first == last) break;
    const bool has = std::ranges::find(node.features, std::string_view(first, last)) != node.features.end();
    if (all && !has) return false;
    any = any || has;
    wanted = std::string_view(last, wanted.end());
  }
  return any;
}

std::uint32_t nodes_needed(const SeenJob& job) { return std::max(job.requested.nodes.value_or(1), 1U); }

bool serves(const PoolNode& node, const SeenJob& job) {
  return node.usable && node.cpus >= job.requested.least_cpus() / nodes_needed(job) &&
         node.memory_bytes >= job.requested.memory_per_node_bytes.value_or(0) &&
         (!job.wants_gres || node.has_gres) && has_features(node, job.features) &&
         std::ranges::any_of(job.partitions, [&](const std::string& name) { return node.is_in(name); }) &&
         !std::ranges::binary_search(job.excluded_nodes, node.name);
}

/// If all that is held were given to it, it could start now.
bool is_within_reach(const SeenJob& job, const ResourcePool& pool) {
  std::uint32_t nodes = 0;
  std::size_t required = 0;
  for (const PoolNode& node : pool.nodes) {
    if ((!node.is_free && node.held_by.empty()) || !serves(node, job)) continue;
    ++nodes;
    if (std::ranges::binary_search(job.required_nodes, node.name)) ++required;
  }
  return nodes >= nodes_needed(job) && required == job.required_nodes.size();
}

/// The held nodes that the job can't do without; none where others are left for it.
std::set<std::string> lacking(const SeenJob& job, const ResourcePool& pool) {
  const std::uint32_t needed = nodes_needed(job);
  std::vector<const PoolNode*> held;
  std::set<std::string> names;
  std::uint32_t left = 0;
  for (const PoolNode& node : pool.nodes) {
    if (!serves(node, job)) continue;
    const bool is_required = std::ranges::binary_search(job.required_nodes, node.name);
    if (!node.held_by.empty()) held.push_back(&node);
    if (is_required && !node.held_by.empty()) names.insert(node.name);
    if (node.held_by.empty() && ++left >= needed && job.required_nodes.empty()) return {};
  }
  std::stable_partition(held.begin(), held.end(), [](const PoolNode* node) { return node->is_free; });
  if (job.required_nodes.empty())
    for (const PoolNode* node : held)
      if (left + names.size() < needed) names.insert(node->name);
  return is_within_reach(job, pool) ? names : std::set<std::string>{};
}

/// What jobs lack, worked out once for all that want the same.
class Looks {
 public:
  explicit Looks(const ResourcePool& pool) : pool_(pool) {
    for (const PoolNode& node : pool.nodes)
      if (!node.held_by.empty()) held_.push_back(&node);
  }
  bool any_held() const { return !held_.empty(); }

  /// nullopt: too many looks in this pass.
  std::optional<std::set<std::string>> lacks(const SeenJob& job) {
    if (std::ranges::none_of(held_, [&](const PoolNode* node) { return serves(*node, job); }))
      return std::set<std::string>{};
    const Need need{nodes_needed(job),
                    job.requested.least_cpus(),
                    job.requested.memory_per_node_bytes,
                    job.wants_gres,
                    job.features,
                    job.partitions,
                    job.required_nodes,
                    job.excluded_nodes};
    if (const auto known = known_.find(need); known != known_.end()) return known->second;
    std::size_t& by_user = by_user_[job.uid];
    if (known_.size() >= ConfinedJobs::kMaxLooks || by_user >= ConfinedJobs::kMaxLooksOfUser)
      return std::nullopt;
    ++by_user;
    return known_[need] = lacking(job, pool_);
  }

 private:
  using Names = std::vector<std::string>;
  using Need = std::tuple<std::uint32_t, std::uint32_t, std::optional<std::int64_t>, bool, std::string, Names,
                          Names, Names>;
  const ResourcePool& pool_;
  std::vector<const PoolNode*> held_;
  std::map<Need, std::set<std::string>> known_;
  std::map<UserId, std::size_t> by_user_;
};

}  // namespace

std::set<std::string> ConfinedJobs::update(const SeenSlurm& seen, const ResourcePool& pool) {
  std::map<JobId, Wait> waits;
  std::set<std::string> owed;
  Looks looks(pool);
  for (const SeenJob& job : seen.jobs) {
    if (!job.waits_for_resources || !job.reservation.empty() || waits.size() >= kMaxJobs) continue;
    const auto before = waits_.find(job.id);
    if (before == waits_.end() && !looks.any_held()) continue;
    const std::set<std::string> lacks = looks.lacks(job).value_or(std::set<std::string>{});
    if (before == waits_.end() && lacks.empty()) continue;
    Wait wait = before != waits_.end() ? before->second : Wait{seen.at_s, seen.at_s, {}};
    if (!lacks.empty() || (!wait.owed.empty() && is_within_reach(job, pool))) wait.last_s = seen.at_s;
    if (seen.at_s - wait.last_s >= kPatienceSeconds) continue;
    if (seen.at_s - wait.since_s >= kPatienceSeconds) wait.owed.insert(lacks.begin(), lacks.end());
    owed.insert(wait.owed.begin(), wait.owed.end());
    waits[job.id] = std::move(wait);
  }
  waits_ = std::move(waits);
  return owed;
}

}  // namespace foreshape
