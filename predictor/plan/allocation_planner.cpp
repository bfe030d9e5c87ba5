// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/allocation_planner.h"

#include <utility>

#include "predictor/plan/personal_holds.h"
#include "predictor/plan/pool_holds.h"

namespace foreshape {

std::vector<WantedHold> plan_holds(const HoldFacts& facts, const HoldPolicy& policy) {
  if (policy.mode == HoldMode::off) return {};
  HoldDraft draft{{}, {}, {}, {}, IdleBudget(facts.ledger, policy, facts.pool.at_s)};
  add_personal_holds(facts, policy, draft);
  if (policy.pool) add_pools(facts, policy, draft);
  return std::move(draft.wanted);
}

}  // namespace foreshape
