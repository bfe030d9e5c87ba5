#include "replay/conservative_pass.h"

#include <algorithm>

#include "replay/node_conservative.h"

namespace foreshape {
namespace {

using Step = WaitingJobs::Step;

}  // namespace

ConservativePlan::ConservativePlan(SimulationState& state) : state_(state), reservations_(state.jobs.size()) {
  free_.reset(INT64_MIN / 2, state.free);
}

void ConservativePlan::set_start(JobIndex job, std::int64_t start_s) {
  reservations_[job].start_s = start_s;
  due_.emplace(start_s, job);
}

std::int64_t ConservativePlan::next_due() {
  while (!due_.empty()) {
    const auto [start, job] = due_.top();
    if (state_.jobs[job].start_s < 0 && reservations_[job].start_s == start) return start;
    due_.pop();
  }
  return INT64_MAX;
}

void ConservativePlan::reserve(JobIndex job) {
  const std::int64_t plan = state_.jobs[job].plan_s;
  const std::int32_t procs = state_.load.jobs[job].procs;
  const std::int64_t start = free_.earliest(state_.now, procs, plan);
  free_.add(start, start + plan, -procs);
  set_start(job, start);
}

void ConservativePlan::submitted(JobIndex job) {
  const auto kind = kinds_.try_emplace({state_.load.jobs[job].procs, state_.jobs[job].plan_s},
                                       static_cast<std::uint32_t>(kinds_.size()));
  reservations_[job].kind = kind.first->second;
  free_.forget_before(state_.now);
  if (!collided_) reserve(job);
}

void ConservativePlan::ended(JobIndex job, std::int64_t planned_end_s) {
  free_.forget_before(state_.now);
  if (planned_end_s <= state_.now) return;
  free_.add(state_.now, planned_end_s, state_.load.jobs[job].procs);
  if (!collided_) move_forward();
}

void ConservativePlan::make_anew() {
  collided_ = false;
  free_.reset(state_.now, state_.free);
  state_.running.each([&](std::int64_t end_s, std::int64_t procs) {
    free_.add(std::max(end_s, state_.now), Availability::kForever, procs);
  });
  state_.queue.look(kEveryBlock, [&](const Waiting& w) {
    reserve(w.job);
    return true;
  });
}

void ConservativePlan::move_forward() {
  no_window_until_s_.assign(kinds_.size(), INT64_MIN / 2);
  state_.queue.look(kEveryBlock, [&](const Waiting& w) {
    Reservation& r = reservations_[w.job];
    const std::int64_t start = earlier_start(w, r);
    if (start == r.start_s) return true;
    free_.add(r.start_s, r.start_s + w.plan_s, w.procs);
    free_.add(start, start + w.plan_s, -w.procs);
    // What became free lies after this: windows that end before are still known not to exist.
    const std::int64_t freed_from = std::max(r.start_s, start + w.plan_s);
    for (std::int64_t& until : no_window_until_s_) until = std::min(until, freed_from);
    set_start(w.job, start);
    return true;
  });
}

std::int64_t ConservativePlan::earlier_start(const Waiting& w, const Reservation& r) {
  if (r.start_s <= state_.now) return r.start_s;
  // Either a whole window fits before the job's own reservation, or a time that runs into it: from there
  // on the job takes its own place.
  std::int64_t& none_until = no_window_until_s_[r.kind];
  if (none_until < r.start_s) {
    const std::int64_t from = std::max(state_.now, none_until - w.plan_s + 1);
    const std::int64_t start = free_.earliest(from, w.procs, w.plan_s, r.start_s - w.plan_s);
    if (start != Availability::kForever) return start;
    none_until = r.start_s;
  }
  return free_.free_since(state_.now, r.start_s, w.procs);
}

void ConservativePlan::pass() {
  if (collided_) make_anew();
  state_.queue.scan(kEveryBlock, [&](const Waiting& w) {
    if (reservations_[w.job].start_s > state_.now) return Step::keep;
    state_.start(w.job);
    return Step::erase;
  });
}

std::unique_ptr<ReservationPlan> make_conservative_plan(SimulationState& state) {
  if (state.machine) return std::make_unique<NodeConservativePlan>(state);
  return std::make_unique<ConservativePlan>(state);
}

}  // namespace foreshape
