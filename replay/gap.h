// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What may start now without delaying the blocked head of the queue: in a pool, and on nodes.
//
// Runs in: offline.
// Threads: one state, one thread.

#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "replay/state.h"

namespace foreshape {

/// By when the head is promised to be able to start (policy.promise_slack_s), made when it is first blocked.
/// Jobs that went ahead of it may have made the promise impossible: then nothing may add to the delay.
/// possible_s: when it could start by requested times.
inline std::int64_t promise_kept(SimulationState& state, JobIndex head, std::int64_t possible_s) {
  std::int64_t& promise = state.jobs[head].promise_s;
  if (promise == INT64_MAX) promise = possible_s + *state.policy.promise_slack_s;
  return std::max(promise, possible_s);
}

/// A candidate may outlast the shadow (the head's start as planned) only beside the head.
class PoolGap {
 public:
  explicit PoolGap(SimulationState& state) : state_(state), free_(state.free_now()) {}

  std::int64_t free() const { return free_; }
  bool fits_now(JobIndex job) const { return state_.load.jobs[job].procs <= free_; }
  void start(JobIndex job) {
    free_ -= state_.load.jobs[job].procs;
    state_.start(job);
  }

  /// From here on nothing may delay this job.
  void keep_for(JobIndex head) {
    const std::int32_t procs = state_.load.jobs[head].procs;
    const Shadow shadow = state_.running.shadow(state_.free, procs);
    slack_s_ = shadow.at_s - state_.now;
    extra_ = shadow.extra;
    if (!state_.policy.promise_slack_s) return;
    const std::int64_t kept = promise_kept(state_, head, state_.by_request.shadow(state_.free, procs).at_s);
    promised_s_ = kept - state_.now;
    promised_extra_ = state_.free + state_.by_request.freed_by(kept) - procs;
  }
  bool may_fit(const LeastRequested& least) const { return fits_plan(least.procs, least.plan_s); }
  bool fits(const Waiting& w) const {
    return fits_plan(w.procs, w.plan_s) && (within_promise(w.job) || w.procs <= promised_extra_);
  }
  /// False if it will not fit later in this pass either.
  bool may_fit_later(const Waiting& w) const { return fits(w); }
  /// The job, which fits, starts here.
  void take(const Waiting& w) {
    if (w.plan_s > slack_s_) extra_ -= w.procs;
    if (!within_promise(w.job)) promised_extra_ -= w.procs;
    start(w.job);
  }

 private:
  bool fits_plan(std::int64_t procs, std::int64_t plan_s) const {
    return procs <= free_ && (plan_s <= slack_s_ || procs <= extra_);
  }
  bool within_promise(JobIndex job) const {
    return promised_s_ == INT64_MAX || state_.load.jobs[job].limit_s <= promised_s_;
  }

  SimulationState& state_;
  std::int64_t free_, slack_s_ = 0, extra_ = 0;
  std::int64_t promised_s_ = INT64_MAX, promised_extra_ = 0;
};

/// The same on nodes: a candidate that outlasts the shadow may start where the head still finds room then.
///
/// At the shadow no node has less free than now, so a candidate takes as much of then as of now: where the
/// head asks for cores wherever they are, sums say all. Nodes are looked at for heads that ask for more, and
/// for a promise at an instant at which a job is planned to end but runs on (it may hold its nodes until
/// then).
class NodeGap {
 public:
  explicit NodeGap(SimulationState& state) : state_(state), machine_(*state.machine) {
    const NodeMachine::Ends& ends = machine_.planned();
    if (!ends.empty() && std::get<0>(*ends.begin()) <= state.now)
      after_ends_ = machine_.free_at(state.now, ends);
  }

  std::int64_t free() const { return now().cores(); }
  bool fits_now(JobIndex job) const { return now().fits(machine_.demand(job)); }
  void start(JobIndex job) { start_at(job, *now().place(machine_.demand(job))); }

  void keep_for(JobIndex head) {
    head_ = machine_.demand(head);
    const bool is_sum = now().is_sum(head_);
    shadow_ = moment(state_.running, machine_.planned(), is_sum);
    if (!state_.policy.promise_slack_s) return;
    promise_ = moment(state_.by_request, machine_.requested(), is_sum && !after_ends_);
    const std::int64_t kept_s = promise_kept(state_, head, promise_.at_s);
    if (kept_s != promise_.at_s) {
      promise_.at_s = kept_s;
      if (promise_.free) promise_.free = machine_.free_at(kept_s, machine_.requested());
      promise_.extra =
          (promise_.free ? promise_.free->cores() : state_.free + state_.by_request.freed_by(kept_s)) -
          head_.cores;
    }
    if (after_ends_) promise_.extra = INT64_MAX;  // a candidate may take what is not free then
  }
  bool may_fit(const LeastRequested& least) const {
    return least.procs <= free() &&
           (state_.now + least.plan_s <= shadow_.at_s || least.procs <= shadow_.extra);
  }
  bool fits(const Waiting& w) {
    if (!may_fit_later(w)) return false;
    const bool at_shadow = shadow_.free && outlasts_shadow(w);
    const bool at_promise = promise_.free && outlasts_promise(w);
    if (!at_shadow && !at_promise) return true;
    const Placement placement = *now().place(machine_.demand(w.job));
    return (!at_shadow || leaves_room(*shadow_.free, placement)) &&
           (!at_promise || leaves_room(*promise_.free, placement));
  }
  /// Other jobs that start may leave it a place that keeps the head's.
  bool may_fit_later(const Waiting& w) const {
    if (outlasts_shadow(w) && w.procs > shadow_.extra) return false;
    if (outlasts_promise(w) && w.procs > promise_.extra) return false;
    return now().fits(machine_.demand(w.job));
  }
  void take(const Waiting& w) {
    Placement placement = *now().place(machine_.demand(w.job));
    if (outlasts_shadow(w)) shadow_.take(placement, w.procs);
    if (outlasts_promise(w)) promise_.take(placement, w.procs);
    start_at(w.job, std::move(placement));
  }

 private:
  /// When the head finds room, and what is free then.
  struct Moment {
    std::int64_t at_s = INT64_MAX;
    std::int64_t extra = INT64_MAX;  ///< cores that may be taken beyond, at most
    std::optional<FreeNodes> free;   ///< where the sum does not say all
    void take(const Placement& placement, std::int32_t cores) {
      if (extra != INT64_MAX) extra -= cores;
      if (free) free->take(placement);
    }
  };

  /// The earliest one by these ends, which are the same twice.
  Moment moment(const RunningJobs& sums, const NodeMachine::Ends& ends, bool by_sums) const {
    if (by_sums) {
      const Shadow found = sums.shadow(state_.free, head_.cores);
      return {found.at_s, found.extra, {}};
    }
    NodeMachine::Opening opening = machine_.earliest(head_, ends);
    return {opening.at_s, opening.free.cores() - head_.cores, std::move(opening.free)};
  }
  /// Jobs that are planned to end now have ended.
  const FreeNodes& now() const { return after_ends_ ? *after_ends_ : machine_.free(); }
  bool outlasts_shadow(const Waiting& w) const { return state_.now + w.plan_s > shadow_.at_s; }
  bool outlasts_promise(const Waiting& w) const {
    return promise_.at_s != INT64_MAX && state_.now + state_.load.jobs[w.job].limit_s > promise_.at_s;
  }
  /// free: taken from and given back.
  bool leaves_room(FreeNodes& free, const Placement& placement) const {
    free.take(placement);
    const bool has_room = free.fits(head_);
    free.give(placement);
    return has_room;
  }
  void start_at(JobIndex job, Placement placement) {
    if (after_ends_) after_ends_->take(placement);
    state_.start(job, std::move(placement));
  }

  SimulationState& state_;
  const NodeMachine& machine_;
  std::optional<FreeNodes> after_ends_;  // if any is planned to end now
  NodeDemand head_;
  Moment shadow_, promise_;
};

}  // namespace foreshape
