// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <vector>

#include "replay/gap.h"
#include "replay/passes.h"

namespace foreshape {
namespace {

using ScanVerdict = WaitingJobs::ScanVerdict;
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
      [&](const LeastRequested& least) {
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

/// Candidates in the queue's own order.
template <class Gap>
void fill(SimulationState& state, JobIndex head, Gap& gap) {
  state.queue.scan([&](const LeastRequested& least) { return !gap.may_fit(least); },
                   [&](const Waiting& w) {
                     if (w.job == head || !gap.fits(w)) return ScanVerdict::keep;
                     gap.take(w);
                     return ScanVerdict::erase;
                   });
}

/// Candidates by slowdown so far. Those that may fit are collected and sorted.
template <class Gap>
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
  state.queue.look([&](const LeastRequested& least) { return !gap.may_fit(least); },
                   [&](const Waiting& w) {
                     if (w.job != head && gap.may_fit_later(w))
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

/// Gap: PoolGap or NodeGap.
template <class Gap>
void pass(SimulationState& state) {
  Gap gap{state};
  JobIndex head = first_in_order(state);
  while (head != kNone && gap.fits_now(head)) {
    state.queue.erase(state.entry_of(head));
    gap.start(head);
    head = first_in_order(state);
  }
  if (head == kNone) return;
  // The guard's promise is made when a job is first seen blocked, even if nothing is free then.
  if (gap.free() <= 0 && !state.policy.promise_slack_s) return;
  gap.keep_for(head);
  if (state.policy.order == Order::slowdown)
    fill_most_slowed_first(state, head, gap);
  else
    fill(state, head, gap);
}

}  // namespace

void easy_pass(SimulationState& state) {
  if (state.machine)
    pass<NodeGap>(state);
  else
    pass<PoolGap>(state);
}

}  // namespace foreshape
