// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/slurm_queue.h"

#include <algorithm>

namespace foreshape {
namespace {

/// A job's priority in seconds of waiting: its age (PriorityMaxAge is the most) less its offset, plus
/// fair-share.
double priority(const SimulationState& state, const Waiting& w) {
  const std::int64_t age = std::min(state.now - w.submit_s, state.policy.slurm.max_age_s);
  const bool keyed = state.policy.has_priorities();  // the key is submission + offset - fair-share
  return static_cast<double>(age) - (keyed ? w.key - static_cast<double>(w.submit_s) : 0);
}

}  // namespace

bool may_reserve(const SimulationState& state, const Waiting& w) {
  const SlurmLoop& slurm = state.policy.slurm;
  if (state.now - w.submit_s < slurm.min_age_reserve_s) return false;
  return !slurm.reserve_overdue_only || priority(state, w) >= static_cast<double>(slurm.reserve_after_s);
}

bool goes_before(const SimulationState& state, const Waiting& a, const Waiting& b) {
  const double of_a = priority(state, a), of_b = priority(state, b);
  return of_a != of_b ? of_a > of_b : a.job < b.job;
}

std::vector<Waiting> first_by_priority(SimulationState& state, std::size_t most) {
  const JobIndex oldest = state.head_by_arrival();
  const bool aged = oldest != SimulationState::kNone && state.policy.has_priorities() &&
                    state.now - state.load.jobs[oldest].submit_s > state.policy.slurm.max_age_s;
  std::vector<Waiting> jobs;
  jobs.reserve(std::min(most, state.queue.size()));
  state.queue.look(kEveryBlock, [&](const Waiting& w) {
    if (!aged && jobs.size() == most) return false;
    jobs.push_back(w);
    return true;
  });
  if (!aged) return jobs;
  std::sort(jobs.begin(), jobs.end(),
            [&](const Waiting& a, const Waiting& b) { return goes_before(state, a, b); });
  jobs.resize(std::min(most, jobs.size()));
  return jobs;
}

}  // namespace foreshape
