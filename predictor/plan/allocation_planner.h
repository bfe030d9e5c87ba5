// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The resource affinity engine: which nodes to hold for jobs that are not there yet.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: pure functions.

#include <vector>

#include "predictor/plan/hold_draft.h"
#include "predictor/plan/policy.h"
#include "predictor/plan/pre_allocation.h"

namespace foreshape {

/// All holds as they should be, at most one pool for each partition and one personal hold for each user; what
/// is live and not among them must be released.
///
/// Chains come first (chain_holds.h): their nodes cost the least. Then other personal holds, the surest forecast
/// before the others (personal_holds.h), then the pools (pool_holds.h).
///
/// Nodes that jobs from holds still use, although no hold has them, count as held: against pool_share_max of
/// their partition and personal_nodes_max of their user. Pools of partitions that overlap have one share
/// together.
///
/// Both within the caps on idle cost (IdleBudget).
std::vector<WantedHold> plan_holds(const HoldFacts& facts, const HoldPolicy& policy);

}  // namespace foreshape
