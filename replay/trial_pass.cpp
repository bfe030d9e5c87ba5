// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/trial_pass.h"

#include <optional>

#include "replay/slurm_queue.h"

namespace foreshape {
namespace {

using PlannedStarts = std::vector<std::optional<std::int64_t>>;

/// When the waiting jobs before that one are planned to start, as a backfill pass would find now; those that
/// may not reserve only if that is at once.
template <class Future>
PlannedStarts starts_before(SimulationState& state, const Waiting& last) {
  const SlurmLoop& slurm = state.policy.slurm;
  // What is given back now is seen as free from the next step of bf_resolution on.
  const std::int64_t at_once = rounded_up(state.now, slurm.resolution_s);
  Future future{state};
  PlannedStarts starts;
  for (const Waiting& w : first_by_priority(state, slurm.jobs_max)) {
    if (!goes_before(state, w, last)) break;
    const auto start = future.find(w, may_reserve(state, w) ? state.now + slurm.window_s : at_once);
    starts.push_back(start);
    if (!start) continue;
    future.reserve(w, rounded_down(*start, slurm.resolution_s),
                   rounded_up(*start + w.plan_s, slurm.resolution_s));
  }
  return starts;
}

PlannedStarts planned_starts(SimulationState& state, const Waiting& last) {
  return state.machine ? starts_before<NodeFuture>(state, last) : starts_before<PoolFuture>(state, last);
}

}  // namespace

bool is_trial_candidate(const SimulationState& state, const Waiting& w) {
  return state.trials && w.procs <= state.free && w.plan_s > state.trials->hold_s() &&
         state.trials->may_try(w.job, state.jobs[w.job].short_chance, state.now);
}

bool may_run_on(SimulationState& state, JobIndex job) {
  const JobStatus& s = state.jobs[job];
  const std::int64_t trial_end_s = s.planned_end_s;
  const Waiting entry = state.entry_of(job);
  state.replan(job, state.now);
  const PlannedStarts without = planned_starts(state, entry);
  state.replan(job, s.start_s + s.plan_s);
  const bool is_alike = planned_starts(state, entry) == without;
  state.replan(job, trial_end_s);
  return is_alike;
}

}  // namespace foreshape
