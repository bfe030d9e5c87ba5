// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/hold_events.h"

#include <algorithm>

namespace foreshape {

HoldEvent hold_event(HoldPhase step, HoldAction action, const LiveHold& hold, std::string_view reason,
                     UnixSeconds at_s) {
  HoldEvent event;
  event.kind = hold.kind;
  event.step = step;
  event.action = action;
  event.at_s = at_s;
  event.reservation.assign(hold.name);
  event.partition.assign(hold.partition);
  event.user.assign(hold.user);
  event.nodes = static_cast<std::uint32_t>(hold.nodes.size());
  event.deadline_s = hold.kind == HoldKind::pool ? hold.ends_s : hold.deadline_s;
  event.reason.assign(reason);
  return event;
}

HoldAction journal_action(HoldAction action) {
  return action == HoldAction::extend ? HoldAction::none : action;
}

LiveHold hold_after(const HoldStep& step) {
  const WantedHold& hold = step.hold;
  return {.kind = hold.kind,
          .name = hold.name,
          .partition = hold.partition,
          .user = hold.user,
          .nodes = hold.nodes,
          .deadline_s = hold.deadline_s,
          .is_fulfilled = false,
          .ends_s = hold.ends_s,
          .chain = hold.chain};
}

bool is_worth_a_line(const HoldStep& step, std::span<const LiveHold> live) {
  if (step.action != HoldAction::extend) return true;
  if (step.hold.kind == HoldKind::pool) return false;
  if (!step.hold.chain.is_open()) return true;
  const auto before = std::ranges::find(live, step.hold.name, &LiveHold::name);
  return before == live.end() || before->chain.after != step.hold.chain.after;
}

}  // namespace foreshape
