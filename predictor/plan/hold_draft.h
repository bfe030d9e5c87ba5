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

#include "predictor/plan/idle_cost.h"
#include "predictor/plan/miss_tracker.h"
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
  std::set<std::string> pooled;  // those of them that are a pool's
  std::set<std::string> served;  // users with a personal hold
  IdleBudget budget;

  /// The hold is in the plan: its nodes and what it may cost are no longer there for others.
  void add(WantedHold hold, UnixSeconds now_s);
};

/// Nodes that jobs which a hold let in have taken with them: the hold has let go of them, or never had them.
std::int64_t admitted_nodes(const ResourcePool& pool, const std::function<bool(const PoolNode&)>& counts);

}  // namespace foreshape
