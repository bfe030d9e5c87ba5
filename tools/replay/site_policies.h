// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A site's present scheduling and what Foreshape would make of it, as policies of the replay.
//
// Runs in: offline.
// Threads: pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"
#include "replay/policy.h"
#include "tools/site/site_settings.h"

namespace foreshape {

/// In the name of every lever that holds.
inline constexpr std::string_view kHoldOn = "Hold=on";

struct SitePolicies {
  std::vector<SchedulingPolicy> all;         ///< the first is the present one; names explain themselves
  std::vector<std::string> ignored_options;  ///< of SchedulerParameters: they have no part in the replay
};

/// The levers have the settings that docs/order.md gives for them, and the site's own in everything else.
/// order: of the site's foreshape.conf; nullopt = both forms of the order with their defaults. hold: beside the present policy, and
/// beside the first order; nullopt = the machine has no holds.
/// Errors: invalid_input - a value of SchedulerParameters that is none.
Result<SitePolicies> site_policies(const SiteSettings& settings, const std::optional<OrderPolicy>& order,
                                   const std::optional<HoldingPolicy>& hold);

}  // namespace foreshape
