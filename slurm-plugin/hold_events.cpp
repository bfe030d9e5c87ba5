#include "slurm-plugin/hold_events.h"

namespace foreshape {

HoldEvent hold_event(HoldEvent::Step step, HoldEvent::Action action, const LiveHold& hold,
                     std::string_view reason, UnixSeconds at_s) {
  HoldEvent event;
  event.kind = hold.kind == HoldKind::pool ? HoldEvent::Kind::pool : HoldEvent::Kind::personal;
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

HoldEvent::Action journal_action(HoldStep::Action action) {
  switch (action) {
    case HoldStep::Action::release:
      return HoldEvent::Action::release;
    case HoldStep::Action::shrink:
      return HoldEvent::Action::shrink;
    case HoldStep::Action::move:
      return HoldEvent::Action::move;
    case HoldStep::Action::grow:
      return HoldEvent::Action::grow;
    case HoldStep::Action::create:
      return HoldEvent::Action::create;
    case HoldStep::Action::extend:
      break;
  }
  return HoldEvent::Action::none;
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
          .ends_s = hold.ends_s};
}

}  // namespace foreshape
