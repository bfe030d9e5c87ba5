// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Trial starts within Slurm's loop: who is tried now, and who may run on when its trial is over.
//
// Runs in: offline.
// Threads: one state, one thread.

#include <utility>
#include <vector>

#include "replay/slurm_future.h"
#include "replay/state.h"

namespace foreshape {

/// Whether the job is one to try should the pass not start it: processors are free for it, its limit is
/// longer than a trial, and its user may.
bool is_trial_candidate(const SimulationState& state, const Waiting& w);

/// Starts those of the candidates, in their order, that fit between what is planned for as long as a trial
/// takes at most. future: with everything in it that the pass has started and reserved, so nobody's planned
/// start moves.
template <class Future>
void start_trials(SimulationState& state, Future& future, const std::vector<Waiting>& candidates) {
  const std::int64_t hold_s = state.trials->hold_s();
  for (Waiting w : candidates) {
    if (!is_trial_candidate(state, w)) continue;  // no more
    const Waiting entry = w;
    w.plan_s = hold_s;
    if (!future.find(w, state.now)) continue;
    state.queue.erase(entry);
    state.start_trial(w.job, future.take(w, rounded_up(state.now + hold_s, state.policy.slurm.resolution_s)));
  }
}

/// A trial's time is over: whether the job may keep its processors as long as is planned for it, without
/// moving the planned start of any job before it. That is what it would need to be started now.
bool may_run_on(SimulationState& state, JobIndex job);

}  // namespace foreshape
