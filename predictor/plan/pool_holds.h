// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Nodes held for the short jobs of everybody.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: pure functions.

#include "predictor/plan/hold_draft.h"
#include "predictor/plan/policy.h"

namespace foreshape {

/// The pool of a partition: K = min(pool_share_max x its nodes, ceil(pool_factor x sum of P_u x nodes_u))
/// free nodes, over the users with P >= arrival_probability_min whose next job is predicted shorter than
/// short_job_s, for whom no personal hold is there, and for whom the pool has not yet cost what one user may
/// cost in a day: its idle time is charged to the users by their part in that sum; nodes_u is a fraction
/// where the job leaves room for others on its node. Source: ours. It gives up what a head needs that has waited for
/// long (head_guard.h).
void add_pools(const HoldFacts& facts, const HoldPolicy& policy, HoldDraft& draft);

}  // namespace foreshape
