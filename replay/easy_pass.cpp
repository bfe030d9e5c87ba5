#include "replay/passes.h"

namespace foreshape {
namespace {

using Step = WaitingJobs::Step;

/// Starts jobs by arrival while they fit; the job that is blocked then, or kNone.
JobIndex start_first_ones(SimulationState& state, std::int64_t& free_now) {
  while (true) {
    const JobIndex head = state.head_by_arrival();
    if (head == SimulationState::kNone || state.load.jobs[head].procs > free_now) return head;
    free_now -= state.load.jobs[head].procs;
    state.queue.erase(state.entry_of(head));
    state.start(head);
  }
}

}  // namespace

void easy_pass(SimulationState& state) {
  std::int64_t free_now = state.free_now();
  const JobIndex head = start_first_ones(state, free_now);
  if (head == SimulationState::kNone || free_now <= 0) return;
  const Shadow shadow = state.running.shadow(state.free, state.load.jobs[head].procs);
  const std::int64_t slack = shadow.at_s - state.now;
  std::int64_t extra = shadow.extra;
  const auto fits = [&](std::int64_t procs, std::int64_t plan_s) {
    return procs <= free_now && (plan_s <= slack || procs <= extra);
  };
  state.queue.scan([&](const LeastAsked& least) { return !fits(least.procs, least.plan_s); },
                   [&](const Waiting& w) {
                     if (!fits(w.procs, w.plan_s) || w.job == head) return Step::keep;
                     free_now -= w.procs;
                     if (w.plan_s > slack) extra -= w.procs;
                     state.start(w.job);
                     return Step::erase;
                   });
}

}  // namespace foreshape
