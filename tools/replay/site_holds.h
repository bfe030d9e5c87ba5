// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Hold=on at a site, as the replay can have it.
//
// Runs in: offline.
// Threads: pure functions.

#include <optional>
#include <string>

#include "replay/policy.h"
#include "tools/replay/site_machine.h"

namespace foreshape {

/// What is held where, or why nothing can be.
struct SiteHolds {
  std::optional<HoldingPolicy> policy;
  std::string omission;  ///< what the replay leaves out of the holds, or that it has none
};

/// rules: of the site's foreshape.conf, its cap for the whole cluster too; nullopt = the replay's own, for everybody. In a pool each
/// processor is a node for the planner, so a hold of so many nodes is one of as many nodes' processors.
SiteHolds site_holds(const SiteMachine& machine, Sharing sharing, const std::optional<HoldPolicy>& rules);

}  // namespace foreshape
