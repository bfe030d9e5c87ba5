// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/allocation_planner.h"

#include <utility>

#include "predictor/plan/chain_holds.h"
#include "predictor/plan/personal_holds.h"
#include "predictor/plan/pool_holds.h"

namespace foreshape {

std::vector<WantedHold> plan_holds(const HoldFacts& facts, const HoldPolicy& policy) {
  if (policy.mode == HoldMode::off) return {};
  HoldDraft draft{.wanted = {},
                  .taken = {},
                  .shared = {},
                  .served = {},
                  .budget = IdleBudget(facts.ledger, policy, facts.pool.at_s),
                  .guard = HeadGuard(facts.pool, facts.live, policy),
                  .all_share = policy.serves_everybody()};
  add_chain_holds(facts, policy, draft);
  add_personal_holds(facts, policy, draft);
  if (policy.pool) add_pools(facts, policy, draft);
  return std::move(draft.wanted);
}

}  // namespace foreshape
