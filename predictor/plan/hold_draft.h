// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A plan of holds while it is made, and what it rests on.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: pure functions.

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "predictor/plan/head_guard.h"
#include "predictor/plan/idle_cost.h"
#include "predictor/plan/miss_tracker.h"
#include "predictor/plan/policy.h"
#include "predictor/plan/pre_allocation.h"
#include "predictor/plan/resource_pool.h"

namespace foreshape {

/// What the plan rests on. All of it is only looked at.
struct HoldFacts {
  std::span<const ForeseenJob> foreseen;
  const ResourcePool& pool;
  std::span<const LiveHold> live;
  const IdleLedger& ledger;
  const MissTracker& misses;
  /// How long the pool stays in Slurm if nobody extends it; it is extended at each plan.
  std::int64_t pool_life_s = 120;
};

/// The plan while it grows.
struct HoldDraft {
  std::vector<WantedHold> wanted;
  std::set<std::string> taken;   // nodes of wanted
  std::set<std::string> shared;  // those of them that count against pool_share_max
  std::set<std::string> served;  // users with a personal hold
  IdleBudget budget;
  HeadGuard guard;
  bool all_share = false;  // personal holds count too: users have them whom the site did not name

  /// The hold is in the plan: its nodes and what it may cost are no longer there for others.
  void add(WantedHold hold, UnixSeconds now_s);
};

/// What pool_share_max leaves of a partition's nodes, and of all nodes: partitions overlap, and each with a share
/// of its own would hold the same again. Below zero where more is held already.
double share_left(const std::string& partition, const ResourcePool& pool, const HoldPolicy& policy,
                  const HoldDraft& draft);

/// "85%".
std::string percent(double probability);

/// Somebody is before it in the queue, or there are too few free nodes.
bool would_wait(const ForeseenJob& job, const ResourcePool& pool);

/// The hold's nodes but for those that are down, somebody else's reservation, or owed to others.
std::vector<std::string> still_usable(const LiveHold& hold, const ResourcePool& pool);

/// Nodes that jobs which a hold let in have taken with them: the hold has let go of them, or never had them.
std::int64_t admitted_nodes(const ResourcePool& pool, const std::function<bool(const PoolNode&)>& counts);

}  // namespace foreshape
