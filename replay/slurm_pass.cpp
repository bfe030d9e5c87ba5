// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <utility>
#include <vector>

#include "replay/passes.h"
#include "replay/slurm_future.h"
#include "replay/slurm_queue.h"
#include "replay/trial_pass.h"

namespace foreshape {
namespace {

/// The jobs that a pass tests, in order, and for each the least processors from there on.
struct Tested {
  std::vector<Waiting> jobs;
  std::vector<std::int32_t> least_procs;
};

Tested tested_jobs(SimulationState& state) {
  Tested tested;
  tested.jobs = first_by_priority(state, state.policy.slurm.jobs_max);
  tested.least_procs.resize(tested.jobs.size());
  std::int32_t least = INT32_MAX;
  for (std::size_t i = tested.jobs.size(); i-- > 0;) {
    least = std::min(least, tested.jobs[i].procs);
    tested.least_procs[i] = least;
  }
  return tested;
}

template <class Future>
void backfill(SimulationState& state) {
  if (state.free <= 0) return;
  const Tested tested = tested_jobs(state);
  if (tested.jobs.empty() || tested.least_procs.front() > state.free) return;
  const SlurmLoop& slurm = state.policy.slurm;
  const std::int64_t horizon = state.now + slurm.window_s;
  Future future{state};
  std::vector<Waiting> to_try;
  for (std::size_t i = 0; i < tested.jobs.size(); ++i) {
    // Reservations only matter to jobs after them that could start now, and to trials.
    if (tested.least_procs[i] > state.free && to_try.empty()) return;
    const Waiting& w = tested.jobs[i];
    const bool reserves = may_reserve(state, w);
    const auto start = future.find(w, reserves ? horizon : state.now);
    const bool starts = start == state.now;
    if (!starts && is_trial_candidate(state, w)) to_try.push_back(w);
    if (!start) continue;
    const std::int64_t until = rounded_up(*start + w.plan_s, slurm.resolution_s);
    if (starts) {
      state.queue.erase(w);
      state.start(w.job, future.take(w, until));
    } else {
      future.reserve(w, rounded_down(*start, slurm.resolution_s), until);
    }
  }
  if (!to_try.empty()) start_trials(state, future, to_try);
}

}  // namespace

void slurm_main_pass(SimulationState& state) {
  if (state.free <= 0) return;
  for (const Waiting& w : first_by_priority(state, state.policy.slurm.main_depth)) {
    if (state.free <= 0) return;
    if (!state.start_if_room(w) && may_reserve(state, w)) return;
  }
}

void slurm_backfill_pass(SimulationState& state) {
  if (state.machine)
    backfill<NodeFuture>(state);
  else
    backfill<PoolFuture>(state);
}

}  // namespace foreshape
