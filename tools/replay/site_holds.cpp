// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_holds.h"

#include <algorithm>
#include <fmt/format.h>

#include "tools/cli/progress.h"

namespace foreshape {
namespace {

/// Every minute of a busy queue the planner looks at all of them.
constexpr std::int64_t kMaxHeldUnits = 16'384;

/// The cap is of node-seconds a day; its share of the machine is the same in processors.
double idle_share_of(const HoldPolicy& rules, const SiteMachine& machine) {
  const double day_node_s = 86'400.0 * std::max(1, machine.nodes);
  return std::clamp(static_cast<double>(rules.idle_cap_node_s) / day_node_s, 0.0, 1.0);
}

}  // namespace

SiteHolds site_holds(const SiteMachine& machine, Sharing sharing, const std::optional<HoldPolicy>& rules) {
  if (sharing == Sharing::shared)
    return {
        {},
        "Foreshape's holds (they are replayed with whole nodes or one pool of CPUs; here jobs share nodes)"};
  const std::int64_t units = sharing == Sharing::pool ? machine.cpus : machine.nodes;
  if (units > kMaxHeldUnits)
    return {{},
            fmt::format(
                "Foreshape's holds (a pool of more than {} CPUs takes too long; --partition looks at one)",
                with_commas(kMaxHeldUnits))};
  HoldingPolicy policy;
  policy.rules.users = {HoldPolicy::kEverybody};
  if (rules) {
    policy.rules = *rules;
    policy.idle_share_max = idle_share_of(*rules, machine);
    // Users have numbers in a replay.
    if (!rules->users.empty()) policy.rules.users = {HoldPolicy::kEverybody};
  }
  if (sharing == Sharing::pool && machine.nodes > 0)
    policy.rules.personal_nodes_max *=
        static_cast<std::uint32_t>(std::max<std::int64_t>(1, units / machine.nodes));
  std::string omission = "chains of jobs, which holds follow";
  if (rules && !rules->users.empty() && !rules->serves_everybody())
    omission += "; HoldUsers (holds are for everybody)";
  return {policy, omission};
}

}  // namespace foreshape
