// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether Slurm's settings at this site can carry the order, and what to change where they can't.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

#include "predictor/plan/policy.h"
#include "tools/site/site_settings.h"

namespace foreshape {

struct Check {
  enum class State {
    fine,
    note,   ///< works, but the operator should know
    wrong,  ///< has to be changed
  } state = State::fine;
  std::string found;      ///< what is so now, in Slurm's own words: "PriorityType=priority/basic"
  std::string cure;       ///< what to change, exactly, and why; empty where all is fine
  std::string why{};      ///< what comes of it, where the cure does not say
  bool is_grave = false;  ///< wrong, and nothing of Foreshape works until it is changed
};

/// One check for each thing that the order needs (docs/order.md): priority/multifactor, an age factor of at
/// least a point a minute that grows as long as the largest offset, bf_min_prio_reserve at the points of a
/// job that waited that long, a backfill that looks far and deep enough, a main scheduler that does not.
std::vector<Check> order_checks(const SiteSettings& site, const OrderPolicy& order);

/// True if no check is wrong.
bool all_fine(const std::vector<Check>& checks);

/// "  OK      <found>" or "  CHANGE  <found>: <cure>", a line each.
std::string checks_text(const std::vector<Check>& checks);

}  // namespace foreshape
