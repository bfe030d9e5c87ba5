// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/node_conservative.h"

#include <algorithm>
#include <utility>

namespace foreshape {

NodeConservativePlan::NodeConservativePlan(SimulationState& state)
    : PlanOfWaiting(state, NodeTimeline{INT64_MIN / 2, state.machine->free()}) {}

void NodeConservativePlan::reserve(Planned& p, std::int64_t from_s) {
  p.slot = *free_.earliest(from_s, state_.machine->demand(p.job), p.plan_s);
  free_.take(p.slot.start_s, p.slot.start_s + p.plan_s, p.slot.placement);
  due_s_ = std::min(due_s_, p.slot.start_s);
}

NodeReservation NodeConservativePlan::planned(JobIndex job) { return {job, state_.jobs[job].plan_s, {}}; }

void NodeConservativePlan::give_back(JobIndex job, std::int64_t planned_end_s) {
  free_.give(state_.now, planned_end_s, state_.machine->placement(job));
}

void NodeConservativePlan::make_anew() {
  free_ = NodeTimeline{state_.now, state_.machine->free()};
  for (const auto& [end_s, seq, job] : state_.machine->planned())
    free_.release(std::max(end_s, state_.now), state_.machine->placement(job));
  NoneBefore none_before;
  for (Planned& p : waiting_) {
    std::int64_t& from =
        none_before.try_emplace(shape_of(state_.machine->demand(p.job), p.plan_s), state_.now).first->second;
    reserve(p, from);
    from = p.slot.start_s;  // what is free only shrinks here
  }
}

void NodeConservativePlan::move_forward() {
  NoneBefore none_until;
  for (Planned& p : waiting_) {
    const std::int64_t own_s = p.slot.start_s;
    if (own_s <= state_.now) continue;
    std::int64_t& until =
        none_until.try_emplace(shape_of(state_.machine->demand(p.job), p.plan_s), INT64_MIN / 2)
            .first->second;
    auto slot = earlier_slot(p, until);
    if (!slot) continue;
    free_.give(own_s, own_s + p.plan_s, p.slot.placement);
    p.slot = std::move(*slot);
    free_.take(p.slot.start_s, p.slot.start_s + p.plan_s, p.slot.placement);
    due_s_ = std::min(due_s_, p.slot.start_s);
    // Its own nodes were given back from then on, or not taken any more.
    for (auto& known : none_until) known.second = std::min(known.second, own_s);
  }
}

std::optional<NodeTimeline::Slot> NodeConservativePlan::earlier_slot(const Planned& p,
                                                                     std::int64_t& none_until_s) {
  const NodeDemand& demand = state_.machine->demand(p.job);
  const std::int64_t own_s = p.slot.start_s;
  if (none_until_s < own_s) {
    const std::int64_t from = std::max(state_.now, none_until_s - p.plan_s + 1);
    auto slot = free_.earliest(from, demand, p.plan_s, own_s - p.plan_s);
    if (slot) return slot;
    none_until_s = own_s;
  }
  // A time that runs into its own reservation needs room until there.
  if (free_.cores_before(own_s) < demand.cores) return std::nullopt;
  free_.give(own_s, own_s + p.plan_s, p.slot.placement);
  auto slot = free_.earliest(std::max(state_.now, own_s - p.plan_s + 1), demand, p.plan_s, own_s - 1);
  free_.take(own_s, own_s + p.plan_s, p.slot.placement);
  return slot;
}

void NodeConservativePlan::start(Planned& p) { state_.start(p.job, std::move(p.slot.placement)); }

}  // namespace foreshape
