// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A site's present scheduling and what Foreshape would make of it, as policies of the replay.
//
// Runs in: offline.
// Threads: pure functions.

#include <optional>
#include <string>
#include <vector>

#include "predictor/base/result.h"
#include "replay/policy.h"
#include "tools/site/site_settings.h"

namespace foreshape {

struct SitePolicies {
  std::vector<SchedulingPolicy> all;         ///< the first is the present one; names explain themselves
  std::vector<std::string> ignored_options;  ///< of SchedulerParameters: they have no part in the replay
};

/// The levers have the settings that docs/order.md gives for them, and the site's own in everything else.
/// order: of the site's foreshape.conf; nullopt = both forms of the order with their defaults.
/// Errors: invalid_input - a value of SchedulerParameters that is none.
Result<SitePolicies> site_policies(const SiteSettings& settings, const std::optional<OrderPolicy>& order);

}  // namespace foreshape
