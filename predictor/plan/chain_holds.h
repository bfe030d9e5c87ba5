// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Nodes that a user's running job leaves to the one that follows it.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: pure functions.

#include <string>
#include <string_view>

#include "predictor/plan/hold_draft.h"
#include "predictor/plan/policy.h"

namespace foreshape {

/// Under what name a user's misses of this kind stand in the MissTracker: whose next submission is hard to tell may
/// well have chains that can be told.
std::string chain_account(std::string_view user);

/// Personal holds of another kind: on the nodes on which a job runs, for the one that is foreseen at its end
/// (ForeseenJob::chain). They cost nothing until that end, and then ChainLink::wait_s at most. A user has one, or
/// another personal hold; the rules of those hold here too (personal_holds.h).
///
/// A chain goes on as long as each of its jobs came in through its hold, chain_max_s in all: then the next one
/// waits in the queue as any job. So a chain gets no more ahead of others than one job of that length would.
void add_chain_holds(const HoldFacts& facts, const HoldPolicy& policy, HoldDraft& draft);

}  // namespace foreshape
