#include "predictor/plan/reconciler.h"

#include <algorithm>
#include <optional>
#include <string>

namespace foreshape {
namespace {

using Action = HoldStep::Action;

WantedHold as_it_is(const LiveHold& live) {
  return {live.kind,  live.name,       live.partition, live.user,
          live.nodes, live.deadline_s, live.ends_s,    "no longer wanted"};
}

/// Both lists are sorted.
std::optional<Action> change(const WantedHold& wanted, const LiveHold& live, std::int64_t extend_after_s) {
  if (wanted.nodes != live.nodes) {
    if (std::ranges::includes(live.nodes, wanted.nodes)) return Action::shrink;
    return std::ranges::includes(wanted.nodes, live.nodes) ? Action::grow : Action::move;
  }
  const std::int64_t spare_s = wanted.kind == HoldKind::pool ? extend_after_s : 0;
  if (wanted.ends_s > live.ends_s + spare_s) return Action::extend;
  return std::nullopt;
}

}  // namespace

std::vector<HoldStep> reconcile(std::span<const WantedHold> wanted, std::span<const LiveHold> live,
                                std::int64_t extend_after_s) {
  std::vector<HoldStep> steps;
  for (const LiveHold& hold : live)
    if (std::ranges::find(wanted, hold.name, &WantedHold::name) == wanted.end())
      steps.push_back({Action::release, as_it_is(hold)});
  for (const WantedHold& hold : wanted) {
    const auto now = std::ranges::find(live, hold.name, &LiveHold::name);
    if (hold.name.empty() || now == live.end()) {
      steps.push_back({Action::create, hold});
    } else if (const auto action = change(hold, *now, extend_after_s)) {
      steps.push_back({*action, hold});
    }
  }
  std::ranges::stable_sort(steps, {}, &HoldStep::action);
  return steps;
}

}  // namespace foreshape
