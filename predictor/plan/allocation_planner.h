// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The resource affinity engine: which nodes to hold for jobs that are not there yet.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: pure functions.

#include <cstdint>
#include <span>
#include <vector>

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

/// All holds as they should be, at most one pool for each partition and one personal hold for each user; what
/// is live and not among them must be released.
///
/// Personal holds, the surest forecast first: for a user named in the policy who submits within the window
/// with at least personal_probability_min, is not barred for earlier misses, needs at most personal_nodes_max
/// nodes, and would have to wait. A live one stays until its deadline: it is a promise.
/// Once its job has come it goes on, with a new deadline, if the user's next job is foreseen as surely, else
/// it is over.
///
/// The pool of a partition: K = min(pool_share_max x its nodes, ceil(pool_factor x sum of P_u x nodes_u))
/// free nodes, over the users with P >= arrival_probability_min whose next job is predicted shorter than
/// short_job_s, for whom no personal hold is there, and for whom the pool has not yet cost what one user may
/// cost in a day: its idle time is charged to the users by their part in that sum; nodes_u is a fraction
/// where the job leaves room for others on its node. Source: ours. Once the head of the queue, or of that of
/// another partition with some of its nodes, has been the same for more than head_blocked_s the pool takes no
/// new nodes, and gives up those that the head lacks.
///
/// Nodes that jobs from holds still use, although no hold has them, count as held: against pool_share_max of
/// their partition and personal_nodes_max of their user. Pools of partitions that overlap have one share
/// together.
///
/// Both within the caps on idle cost (IdleBudget).
std::vector<WantedHold> plan_holds(const HoldFacts& facts, const HoldPolicy& policy);

/// Whole nodes that this job fills on nodes like those of its partition; 0.25 where four fit on one.
double node_share(const ForeseenJob& job, const ResourcePool& pool);

}  // namespace foreshape
