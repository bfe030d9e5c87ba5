// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/reconciler.h"

#include <algorithm>
#include <optional>
#include <string>

namespace foreshape {
namespace {

/// When each comes, so that a node that one hold gives up can be taken by another.
int turn(HoldAction action) {
  switch (action) {
    case HoldAction::none:
    case HoldAction::release:
      return 0;
    case HoldAction::shrink:
      return 1;
    case HoldAction::move:
      return 2;
    case HoldAction::extend:
      return 3;
    case HoldAction::grow:
      return 4;
    case HoldAction::create:
      break;
  }
  return 5;
}

WantedHold as_it_is(const LiveHold& live) {
  return {.kind = live.kind,
          .name = live.name,
          .partition = live.partition,
          .user = live.user,
          .nodes = live.nodes,
          .deadline_s = live.deadline_s,
          .ends_s = live.ends_s,
          .reason = "no longer wanted",
          .served = {},
          .chain = live.chain};
}

/// Both lists are sorted.
std::optional<HoldAction> change(const WantedHold& wanted, const LiveHold& live,
                                 std::int64_t extend_after_s) {
  if (wanted.nodes != live.nodes) {
    if (std::ranges::includes(live.nodes, wanted.nodes)) return HoldAction::shrink;
    return std::ranges::includes(wanted.nodes, live.nodes) ? HoldAction::grow : HoldAction::move;
  }
  const std::int64_t spare_s = wanted.kind == HoldKind::pool ? extend_after_s : 0;
  if (wanted.ends_s > live.ends_s + spare_s) return HoldAction::extend;
  return std::nullopt;
}

}  // namespace

std::vector<HoldStep> reconcile(std::span<const WantedHold> wanted, std::span<const LiveHold> live,
                                std::int64_t extend_after_s) {
  std::vector<HoldStep> steps;
  for (const LiveHold& hold : live)
    if (std::ranges::find(wanted, hold.name, &WantedHold::name) == wanted.end())
      steps.push_back({HoldAction::release, as_it_is(hold)});
  for (const WantedHold& hold : wanted) {
    const auto now = std::ranges::find(live, hold.name, &LiveHold::name);
    if (hold.name.empty() || now == live.end()) {
      steps.push_back({HoldAction::create, hold});
    } else if (const auto action = change(hold, *now, extend_after_s)) {
      steps.push_back({*action, hold});
    }
  }
  std::ranges::stable_sort(steps, {}, [](const HoldStep& step) { return turn(step.action); });
  return steps;
}

}  // namespace foreshape
