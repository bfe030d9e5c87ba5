// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/pool_holds.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "predictor/plan/node_choice.h"

namespace foreshape {
namespace {

/// Whole nodes that this job fills on nodes like those of its partition; 0.25 where four fit on one.
double node_share(const ForeseenJob& job, const ResourcePool& pool) {
  if (job.nodes > 1) return job.nodes;
  double share = 0;
  for (const PoolNode& node : pool.nodes) {
    if (!node.is_in(job.partition) || node.cpus == 0) continue;
    share = std::max(share, static_cast<double>(job.cpus) / node.cpus);
    if (node.memory_bytes > 0)
      share = std::max(share, static_cast<double>(job.memory_bytes) / static_cast<double>(node.memory_bytes));
  }
  return share > 0 ? std::min(share, 1.0) : 1.0;
}

/// Node shares that the pool's jobs are foreseen to need, in one partition.
struct Demand {
  double nodes = 0;
  std::vector<ServedShare> by_user;

  /// The largest first, as shares of the whole.
  std::vector<ServedShare> served() const {
    std::vector<ServedShare> largest = by_user;
    std::ranges::stable_sort(largest, std::greater{}, &ServedShare::share);
    if (largest.size() > WantedHold::kMaxServed) largest.resize(WantedHold::kMaxServed);
    for (ServedShare& one : largest) one.share /= nodes;
    return largest;
  }
};

/// What the pool has kept idle for this user has used up what he may cost: he is served by what others need.
bool has_spent_his_cap(const ForeseenJob& job, const HoldFacts& facts, const HoldPolicy& policy) {
  return facts.ledger.spent_for(facts.pool.at_s, pool_account(job.uid)) >= policy.idle_cap_per_user_node_s;
}

std::map<std::string, Demand> pool_demand(const HoldFacts& facts, const HoldPolicy& policy,
                                          const HoldDraft& draft) {
  std::map<std::string, Demand> demand;
  for (const ForeseenJob& job : facts.foreseen) {
    const bool is_short = job.run_s > 0 && job.run_s < policy.short_job_s;
    if (job.chain.is_open()) continue;  // its own hold serves it, or nobody
    if (!is_short || job.probability < policy.arrival_probability_min) continue;
    if (!job.user.empty() && draft.served.contains(job.user)) continue;
    if (has_spent_his_cap(job, facts, policy)) continue;
    const double nodes = job.probability * node_share(job, facts.pool);
    Demand& here = demand[job.partition];
    here.nodes += nodes;
    here.by_user.push_back({job.uid, nodes});
  }
  return demand;
}

const LiveHold* live_pool(const HoldFacts& facts, const std::string& partition) {
  for (const LiveHold& hold : facts.live)
    if (hold.kind == HoldKind::pool && hold.partition == partition) return &hold;
  return nullptr;
}

void add_pool(const std::string& partition, const Demand& demand, const HoldFacts& facts,
              const HoldPolicy& policy, HoldDraft& draft) {
  const UnixSeconds now_s = facts.pool.at_s;
  const double most = share_left(partition, facts.pool, policy, draft);
  auto count =
      static_cast<std::uint32_t>(std::max(std::min(most, std::ceil(policy.pool_factor * demand.nodes)), 0.0));

  const LiveHold* live = live_pool(facts, partition);
  const std::vector<std::string> mine = live != nullptr ? live->nodes : std::vector<std::string>{};
  count = draft.budget.affordable(partition, "", count, facts.pool_life_s);
  if (count == 0) return;
  const NodeRequest request{.partition = partition,
                            .count = count,
                            .cpus = 0,
                            .memory_bytes = 0,
                            .free_by_s = now_s + policy.window_s,
                            .mine = mine};
  std::vector<std::string> nodes = choose_nodes(facts.pool, request, draft.taken, draft.guard);
  if (nodes.empty()) return;
  char reason[64];
  std::snprintf(reason, sizeof reason, "%.2f nodes foreseen within %lld s", demand.nodes,
                static_cast<long long>(policy.window_s));
  draft.add({HoldKind::pool, live != nullptr ? live->name : "", partition, "", std::move(nodes), 0,
             now_s + facts.pool_life_s, reason, demand.served()},
            now_s);
}

}  // namespace

void add_pools(const HoldFacts& facts, const HoldPolicy& policy, HoldDraft& draft) {
  for (const auto& [partition, demand] : pool_demand(facts, policy, draft))
    add_pool(partition, demand, facts, policy, draft);
}

}  // namespace foreshape
