// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Nodes held for one user's next job.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: pure functions.

#include "predictor/plan/hold_draft.h"
#include "predictor/plan/policy.h"

namespace foreshape {

/// Personal holds, the surest forecast first: for a user whom the policy serves, who submits within the window
/// with at least personal_probability_min, is not barred for earlier misses, needs at most personal_nodes_max
/// nodes, and would have to wait. Where the policy serves everybody, within pool_share_max. A live one stays until its deadline: it is a promise.
/// Once its job has come it goes on, with a new deadline, if the user's next job is foreseen as surely, else
/// it is over.
void add_personal_holds(const HoldFacts& facts, const HoldPolicy& policy, HoldDraft& draft);

}  // namespace foreshape
