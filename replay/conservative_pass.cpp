// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/conservative_pass.h"

#include <algorithm>

#include "replay/node_conservative.h"

namespace foreshape {

ConservativePlan::ConservativePlan(SimulationState& state) : PlanOfWaiting(state, {}) {
  free_.reset(INT64_MIN / 2, state.free);
}

std::uint32_t ConservativePlan::join_kind(const Shape& shape) {
  const auto [at, is_new] = kinds_.try_emplace(shape, static_cast<std::uint32_t>(jobs_of_kind_.size()));
  if (is_new && !unused_kinds_.empty()) {
    at->second = unused_kinds_.back();
    unused_kinds_.pop_back();
  } else if (is_new) {
    jobs_of_kind_.push_back(0);
  }
  ++jobs_of_kind_[at->second];
  return at->second;
}

void ConservativePlan::leave_kind(const Planned& p) {
  if (--jobs_of_kind_[p.kind] > 0) return;
  kinds_.erase({p.procs, p.plan_s});
  unused_kinds_.push_back(p.kind);
}

void ConservativePlan::reserve(Planned& p, std::int64_t from_s) {
  p.start_s = free_.earliest(from_s, p.procs, p.plan_s);
  free_.add(p.start_s, p.start_s + p.plan_s, -p.procs);
  due_s_ = std::min(due_s_, p.start_s);
}

PoolReservation ConservativePlan::planned(JobIndex job) {
  Planned p;
  p.job = job;
  p.procs = state_.load.jobs[job].procs;
  p.plan_s = state_.jobs[job].plan_s;
  p.kind = join_kind({p.procs, p.plan_s});
  return p;
}

void ConservativePlan::give_back(JobIndex job, std::int64_t planned_end_s) {
  free_.add(state_.now, planned_end_s, state_.load.jobs[job].procs);
}

void ConservativePlan::make_anew() {
  free_.reset(state_.now, state_.free);
  state_.running.each([&](std::int64_t end_s, std::int64_t procs) {
    free_.add(std::max(end_s, state_.now), Availability::kForever, procs);
  });
  none_before_s_.assign(jobs_of_kind_.size(), state_.now);
  for (Planned& p : waiting_) {
    reserve(p, none_before_s_[p.kind]);
    none_before_s_[p.kind] = p.start_s;  // what is free only shrinks here
  }
}

void ConservativePlan::move_forward() {
  none_before_s_.assign(jobs_of_kind_.size(), INT64_MIN / 2);
  std::size_t shift = 0;  // of steps, modulo 2^64: mostly the same for all jobs
  for (Planned& p : waiting_) {
    if (p.start_s <= state_.now) continue;
    std::size_t step = p.step + shift;
    const std::int64_t start = earlier_start(p, step);
    shift = step - p.step;
    p.step = static_cast<std::uint32_t>(step);
    if (start < p.start_s) move(p, start);
  }
}

void ConservativePlan::move(Planned& p, std::int64_t start_s) {
  // Where it keeps its place nothing changes.
  const std::int64_t own_end_s = p.start_s + p.plan_s, end_s = start_s + p.plan_s;
  free_.add(std::max(p.start_s, end_s), own_end_s, p.procs);
  free_.add(start_s, std::min(end_s, p.start_s), -p.procs);
  // What became free lies after this: windows that end before are still known not to exist.
  const std::int64_t freed_from = std::max(p.start_s, start_s + p.plan_s);
  for (std::int64_t& until : none_before_s_) until = std::min(until, freed_from);
  p.start_s = start_s;
  due_s_ = std::min(due_s_, start_s);
}

std::int64_t ConservativePlan::earlier_start(const Planned& p, std::size_t& hint) {
  // Either a whole window fits before the job's own reservation, or a time that runs into it: from there
  // on the job takes its own place.
  std::int64_t& none_until = none_before_s_[p.kind];
  if (none_until < p.start_s) {
    const std::int64_t from = std::max(state_.now, none_until - p.plan_s + 1);
    const std::int64_t start = free_.earliest(from, p.procs, p.plan_s, p.start_s - p.plan_s);
    if (start != Availability::kForever) return start;
    none_until = p.start_s;
  }
  return free_.free_since(state_.now, p.start_s, p.procs, hint);
}

void ConservativePlan::start(Planned& p) {
  leave_kind(p);
  state_.start(p.job);
}

std::unique_ptr<ReservationPlan> make_conservative_plan(SimulationState& state) {
  if (state.machine) return std::make_unique<NodeConservativePlan>(state);
  return std::make_unique<ConservativePlan>(state);
}

}  // namespace foreshape
