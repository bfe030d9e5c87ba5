// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Everything that a plan of holds rests on, owned.

#include <vector>

#include "predictor/plan/allocation_planner.h"
#include "tests/predictor/plan/hold_builders.h"

namespace foreshape {

struct PlanScene {
  ResourcePool pool;
  std::vector<ForeseenJob> foreseen;
  std::vector<LiveHold> live;
  IdleLedger ledger;
  MissTracker misses;
  /// On, and carol may have personal holds.
  HoldPolicy policy = [] {
    HoldPolicy p;
    p.mode = HoldMode::on;
    p.users = {"carol"};
    return p;
  }();

  std::vector<WantedHold> plan() const {
    const HoldFacts facts{
        .foreseen = foreseen, .pool = pool, .live = live, .ledger = ledger, .misses = misses};
    return plan_holds(facts, policy);
  }
};

}  // namespace foreshape
