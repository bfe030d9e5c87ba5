#include <vector>

#include "replay/availability.h"
#include "replay/passes.h"

namespace foreshape {
namespace {

using Step = WaitingJobs::Step;

std::int64_t rounded_up(std::int64_t time_s, std::int64_t unit) { return (time_s + unit - 1) / unit * unit; }
std::int64_t rounded_down(std::int64_t time_s, std::int64_t unit) { return time_s / unit * unit; }

/// bf_min_prio_reserve and bf_min_age_reserve: who may keep others from starting.
bool may_reserve(const SimulationState& state, const Waiting& w) {
  const SlurmLoop& slurm = state.policy.slurm;
  if (state.now - w.submit_s < slurm.min_age_reserve_s) return false;
  // The key is submission + offset: it has passed once the job waited its offset.
  return !slurm.reserve_overdue_only || static_cast<double>(state.now) >= w.key;
}

/// The jobs that a pass tests, in order, and for each the least processors from there on.
struct Tested {
  std::vector<Waiting> jobs;
  std::vector<std::int32_t> least_procs;
};

Tested tested_jobs(const SimulationState& state) {
  Tested tested;
  const std::size_t most = std::min<std::size_t>(state.policy.slurm.jobs_max, state.queue.size());
  tested.jobs.reserve(most);
  state.queue.look([](const LeastAsked&) { return false; },
                   [&](const Waiting& w) {
                     if (tested.jobs.size() == most) return false;
                     tested.jobs.push_back(w);
                     return true;
                   });
  tested.least_procs.resize(tested.jobs.size());
  std::int32_t least = INT32_MAX;
  for (std::size_t i = tested.jobs.size(); i-- > 0;) {
    least = std::min(least, tested.jobs[i].procs);
    tested.least_procs[i] = least;
  }
  return tested;
}

Availability availability_of(const SimulationState& state) {
  Availability free;
  free.reset(state.now, state.free);
  const SlurmLoop& slurm = state.policy.slurm;
  state.running.each([&](std::int64_t end_s, std::int64_t procs) {
    const std::int64_t freed = rounded_up(end_s, slurm.resolution_s);
    if (freed <= state.now + slurm.window_s) free.add(freed, Availability::kForever, procs);
  });
  return free;
}

}  // namespace

void slurm_main_pass(SimulationState& state) {
  std::uint32_t depth = state.policy.slurm.main_depth;
  state.queue.scan([](const LeastAsked&) { return false; },
                   [&](const Waiting& w) {
                     if (depth-- == 0 || state.free <= 0) return Step::stop;
                     if (w.procs > state.free) return may_reserve(state, w) ? Step::stop : Step::keep;
                     state.start(w.job);
                     return Step::erase;
                   });
}

void slurm_backfill_pass(SimulationState& state) {
  if (state.free <= 0) return;
  const Tested tested = tested_jobs(state);
  if (tested.jobs.empty() || tested.least_procs.front() > state.free) return;
  const SlurmLoop& slurm = state.policy.slurm;
  const std::int64_t horizon = state.now + slurm.window_s;
  Availability free = availability_of(state);
  for (std::size_t i = 0; i < tested.jobs.size(); ++i) {
    // Reservations only matter to jobs after them that could start now.
    if (tested.least_procs[i] > state.free) return;
    const Waiting& w = tested.jobs[i];
    const bool reserves = may_reserve(state, w);
    const std::int64_t latest = reserves ? horizon : state.now;
    const std::int64_t start = free.earliest(state.now, w.procs, w.plan_s, latest);
    if (start == state.now) {
      free.add(start, rounded_up(start + w.plan_s, slurm.resolution_s), -w.procs);
      state.queue.erase(w);
      state.start(w.job);
    } else if (reserves && start <= horizon) {
      free.add(rounded_down(start, slurm.resolution_s), rounded_up(start + w.plan_s, slurm.resolution_s),
               -w.procs);
    }
  }
}

}  // namespace foreshape
