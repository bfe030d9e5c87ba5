#include <vector>

#include "replay/passes.h"

namespace foreshape {
namespace {

using Step = WaitingJobs::Step;
constexpr JobIndex kNone = SimulationState::kNone;

/// (wait + p) / p - 1: what Order::slowdown sorts by, highest first.
double slowdown_so_far(std::int64_t now, std::int64_t submit_s, double p) {
  return static_cast<double>(now - submit_s) / p;
}

/// Order::slowdown: jobs that waited very long go first, by arrival.
bool is_protected(const SimulationState& state, JobIndex job) {
  const auto wait = static_cast<double>(state.now - state.load.jobs[job].submit_s);
  return wait > std::max(static_cast<double>(state.policy.protect_wait_s),
                         state.policy.protect_rms_factor * state.rms_wait_s());
}

/// The waiting job with the highest slowdown so far; the earlier one where equal. The queue is sorted by
/// p, so within a block the bound (longest wait / smallest p) is close and few blocks are opened.
JobIndex most_slowed(const SimulationState& state) {
  JobIndex best = kNone;
  double highest = -1;
  state.queue.look(
      [&](const LeastAsked& least) {
        return slowdown_so_far(state.now, least.submit_s, least.key) < highest;
      },
      [&](const Waiting& w) {
        const double slowdown = slowdown_so_far(state.now, w.submit_s, w.key);
        if (slowdown > highest || (slowdown == highest && w.job < best)) {
          highest = slowdown;
          best = w.job;
        }
        return true;
      });
  return best;
}

/// The job that the policy's order puts first, or kNone.
JobIndex first_in_order(SimulationState& state) {
  if (state.queue.empty()) return kNone;
  switch (state.policy.order) {
    case Order::arrival:
    case Order::shortest_first:
      return state.head_by_arrival();
    case Order::static_key:
      return state.queue.front().job;
    case Order::slowdown:
      break;
  }
  const JobIndex oldest = state.head_by_arrival();
  return is_protected(state, oldest) ? oldest : most_slowed(state);
}

/// Starts jobs from the first one on while they fit; the job that is blocked then, or kNone.
JobIndex start_first_ones(SimulationState& state, std::int64_t& free_now) {
  while (true) {
    const JobIndex head = first_in_order(state);
    if (head == kNone || state.load.jobs[head].procs > free_now) return head;
    free_now -= state.load.jobs[head].procs;
    state.queue.erase(state.entry_of(head));
    state.start(head);
  }
}

/// What may start beside a blocked head without delaying it.
class Gap {
 public:
  Gap(SimulationState& state, JobIndex head, std::int64_t free_now) : state_(state), free_(free_now) {
    const std::int32_t procs = state.load.jobs[head].procs;
    const Shadow shadow = state.running.shadow(state.free, procs);
    slack_s_ = shadow.at_s - state.now;
    extra_ = shadow.extra;
    if (!state.policy.promise_slack_s) return;
    const std::int64_t possible = state.by_request.shadow(state.free, procs).at_s;
    std::int64_t& promise = state.jobs[head].promise_s;
    if (promise == INT64_MAX) promise = possible + *state.policy.promise_slack_s;
    // Jobs that went ahead of it may have made the promise impossible: then nothing may add to the delay.
    const std::int64_t kept = std::max(promise, possible);
    promised_s_ = kept - state.now;
    promised_extra_ = state.free + state.by_request.freed_by(kept) - procs;
  }

  bool may_fit(const LeastAsked& least) const { return fits_plan(least.procs, least.plan_s); }
  bool fits(const Waiting& w) const {
    return fits_plan(w.procs, w.plan_s) && (within_promise(w.job) || w.procs <= promised_extra_);
  }
  /// The job starts here.
  void take(const Waiting& w) {
    free_ -= w.procs;
    if (w.plan_s > slack_s_) extra_ -= w.procs;
    if (!within_promise(w.job)) promised_extra_ -= w.procs;
    state_.start(w.job);
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

/// Candidates in the queue's own order.
void fill(SimulationState& state, JobIndex head, Gap& gap) {
  state.queue.scan([&](const LeastAsked& least) { return !gap.may_fit(least); },
                   [&](const Waiting& w) {
                     if (w.job == head || !gap.fits(w)) return Step::keep;
                     gap.take(w);
                     return Step::erase;
                   });
}

/// Candidates by slowdown so far. Those that fit now are collected and sorted: what does not fit at the
/// beginning of a pass does not fit later in it.
void fill_most_slowed_first(SimulationState& state, JobIndex head, Gap& gap) {
  struct Candidate {
    bool protected_job;
    double slowdown;
    Waiting entry;
    bool operator<(const Candidate& other) const {
      if (protected_job != other.protected_job) return protected_job;
      if (!protected_job && slowdown != other.slowdown) return slowdown > other.slowdown;
      return entry.job < other.entry.job;
    }
  };
  std::vector<Candidate> candidates;
  state.queue.look([&](const LeastAsked& least) { return !gap.may_fit(least); },
                   [&](const Waiting& w) {
                     if (w.job != head && gap.fits(w))
                       candidates.push_back(
                           {is_protected(state, w.job), slowdown_so_far(state.now, w.submit_s, w.key), w});
                     return true;
                   });
  std::sort(candidates.begin(), candidates.end());
  for (const Candidate& c : candidates) {
    if (!gap.fits(c.entry)) continue;
    gap.take(c.entry);
    state.queue.erase(c.entry);
  }
}

}  // namespace

void easy_pass(SimulationState& state) {
  std::int64_t free_now = state.free_now();
  const JobIndex head = start_first_ones(state, free_now);
  if (head == kNone) return;
  // The guard's promise is made when a job is first seen blocked, even if nothing is free then.
  if (free_now <= 0 && !state.policy.promise_slack_s) return;
  Gap gap{state, head, free_now};
  if (state.policy.order == Order::slowdown)
    fill_most_slowed_first(state, head, gap);
  else
    fill(state, head, gap);
}

}  // namespace foreshape
