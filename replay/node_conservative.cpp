#include "replay/node_conservative.h"

#include <algorithm>
#include <utility>

namespace foreshape {

NodeConservativePlan::NodeConservativePlan(SimulationState& state)
    : state_(state), free_(INT64_MIN / 2, state.machine->free()) {}

std::int64_t NodeConservativePlan::next_due() {
  std::int64_t due = INT64_MAX;
  for (const auto& [job, slot] : reservations_) due = std::min(due, slot.start_s);
  return due;
}

void NodeConservativePlan::reserve(JobIndex job) {
  const std::int64_t plan = state_.jobs[job].plan_s;
  auto slot = free_.earliest(state_.now, state_.machine->demand(job), plan);
  free_.take(slot->start_s, slot->start_s + plan, slot->placement);
  reservations_.insert_or_assign(job, std::move(*slot));
}

void NodeConservativePlan::submitted(JobIndex job) {
  free_.forget_before(state_.now);
  if (!collided_) reserve(job);
}

void NodeConservativePlan::ended(JobIndex job, std::int64_t planned_end_s) {
  free_.forget_before(state_.now);
  if (planned_end_s <= state_.now) return;
  free_.give(state_.now, planned_end_s, state_.machine->placement(job));
  if (!collided_) move_forward();
}

void NodeConservativePlan::make_anew() {
  collided_ = false;
  free_ = NodeTimeline{state_.now, state_.machine->free()};
  for (const auto& [end_s, seq, job] : state_.machine->planned())
    free_.give(std::max(end_s, state_.now), NodeTimeline::kForever, state_.machine->placement(job));
  state_.queue.look(kEveryBlock, [&](const Waiting& w) {
    reserve(w.job);
    return true;
  });
}

void NodeConservativePlan::move_forward() {
  state_.queue.look(kEveryBlock, [&](const Waiting& w) {
    NodeTimeline::Slot& own = reservations_.at(w.job);
    free_.give(own.start_s, own.start_s + w.plan_s, own.placement);
    auto slot = free_.earliest(state_.now, state_.machine->demand(w.job), w.plan_s, own.start_s - 1);
    if (slot) own = std::move(*slot);
    free_.take(own.start_s, own.start_s + w.plan_s, own.placement);
    return true;
  });
}

void NodeConservativePlan::pass() {
  if (collided_) make_anew();
  state_.queue.scan(kEveryBlock, [&](const Waiting& w) {
    const auto found = reservations_.find(w.job);
    if (found->second.start_s > state_.now) return WaitingJobs::Step::keep;
    state_.start(w.job, std::move(found->second.placement));
    reservations_.erase(found);
    return WaitingJobs::Step::erase;
  });
}

}  // namespace foreshape
