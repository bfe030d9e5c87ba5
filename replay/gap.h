#pragma once
// What may start now without delaying the blocked head of the queue: in a pool, and on nodes.
//
// Runs in: offline.
// Threads: one state, one thread.

#include <cstdint>
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
  bool may_fit(const LeastAsked& least) const { return fits_plan(least.procs, least.plan_s); }
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
class NodeGap {
 public:
  explicit NodeGap(SimulationState& state)
      : state_(state),
        machine_(*state.machine),
        now_(machine_.free_at(state.now, machine_.planned())),
        at_shadow_(now_),
        at_promise_(now_) {}

  std::int64_t free() const { return now_.cores(); }
  bool fits_now(JobIndex job) const { return now_.fits(machine_.demand(job)); }
  void start(JobIndex job) { start_at(job, *now_.place(machine_.demand(job))); }

  void keep_for(JobIndex head) {
    head_ = machine_.demand(head);
    shadow_s_ = machine_.earliest(head_, machine_.planned());
    at_shadow_ = machine_.free_at(shadow_s_, machine_.planned());
    if (!state_.policy.promise_slack_s) return;
    promise_s_ = promise_kept(state_, head, machine_.earliest(head_, machine_.requested()));
    at_promise_ = machine_.free_at(promise_s_, machine_.requested());
  }
  bool may_fit(const LeastAsked& least) const { return least.procs <= now_.cores(); }
  bool fits(const Waiting& w) const {
    const auto placement = now_.place(machine_.demand(w.job));
    if (!placement) return false;
    return (!outlasts_shadow(w) || leaves_room(at_shadow_, *placement)) &&
           (!outlasts_promise(w) || leaves_room(at_promise_, *placement));
  }
  /// Other jobs that start may leave it a place that keeps the head's.
  bool may_fit_later(const Waiting& w) const { return now_.fits(machine_.demand(w.job)); }
  void take(const Waiting& w) {
    Placement placement = *now_.place(machine_.demand(w.job));
    if (outlasts_shadow(w)) at_shadow_.take(placement);
    if (outlasts_promise(w)) at_promise_.take(placement);
    start_at(w.job, std::move(placement));
  }

 private:
  bool outlasts_shadow(const Waiting& w) const { return state_.now + w.plan_s > shadow_s_; }
  bool outlasts_promise(const Waiting& w) const {
    return promise_s_ != INT64_MAX && state_.now + state_.load.jobs[w.job].limit_s > promise_s_;
  }
  bool leaves_room(FreeNodes then, const Placement& placement) const {
    then.take(placement);
    return then.fits(head_);
  }
  void start_at(JobIndex job, Placement placement) {
    now_.take(placement);
    state_.start(job, std::move(placement));
  }

  SimulationState& state_;
  const NodeMachine& machine_;
  FreeNodes now_;  // jobs that are planned to end now have ended
  FreeNodes at_shadow_, at_promise_;
  NodeDemand head_;
  std::int64_t shadow_s_ = 0, promise_s_ = INT64_MAX;
};

}  // namespace foreshape
