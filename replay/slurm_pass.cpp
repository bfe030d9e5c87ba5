#include <algorithm>
#include <vector>

#include "replay/availability.h"
#include "replay/passes.h"

namespace foreshape {
namespace {

std::int64_t rounded_up(std::int64_t time_s, std::int64_t unit) { return (time_s + unit - 1) / unit * unit; }
std::int64_t rounded_down(std::int64_t time_s, std::int64_t unit) { return time_s / unit * unit; }

/// A job's priority in seconds of waiting: its age (PriorityMaxAge is the most) less its offset.
double priority(const SimulationState& state, const Waiting& w) {
  const std::int64_t age = std::min(state.now - w.submit_s, state.policy.slurm.max_age_s);
  const bool keyed = state.policy.order == Order::static_key;  // the key is submission + offset
  return static_cast<double>(age) - (keyed ? w.key - static_cast<double>(w.submit_s) : 0);
}

/// bf_min_prio_reserve and bf_min_age_reserve: who may keep others from starting.
bool may_reserve(const SimulationState& state, const Waiting& w) {
  const SlurmLoop& slurm = state.policy.slurm;
  if (state.now - w.submit_s < slurm.min_age_reserve_s) return false;
  return !slurm.reserve_overdue_only || priority(state, w) >= static_cast<double>(slurm.reserve_after_s);
}

/// The first jobs by priority. That is the queue's order, which does not change with time, until a job is
/// older than PriorityMaxAge: then younger ones overtake it.
std::vector<Waiting> first_by_priority(SimulationState& state, std::size_t most) {
  const JobIndex oldest = state.head_by_arrival();
  const bool aged = oldest != SimulationState::kNone && state.policy.order == Order::static_key &&
                    state.now - state.load.jobs[oldest].submit_s > state.policy.slurm.max_age_s;
  std::vector<Waiting> jobs;
  jobs.reserve(std::min(most, state.queue.size()));
  state.queue.look([](const LeastAsked&) { return false; },
                   [&](const Waiting& w) {
                     if (!aged && jobs.size() == most) return false;
                     jobs.push_back(w);
                     return true;
                   });
  if (!aged) return jobs;
  std::sort(jobs.begin(), jobs.end(), [&](const Waiting& a, const Waiting& b) {
    const double of_a = priority(state, a), of_b = priority(state, b);
    return of_a != of_b ? of_a > of_b : a.job < b.job;
  });
  jobs.resize(std::min(most, jobs.size()));
  return jobs;
}

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

/// Gathers planned ends as Slurm does when it looks for the time at which a job fits: those within a window
/// count as the last of them, and each window is longer than the one before.
/// Source: bf_window_linear in slurm.conf(5); src/plugins/select/cons_common/job_test.c, _will_run_test.
template <class Release>
class EndWindows {
 public:
  EndWindows(const SlurmLoop& slurm, Release release)
      : length_s_(slurm.precision_s), linear_s_(slurm.window_linear_s), release_(release) {}

  /// Ends in order of time.
  void add(std::int64_t end_s, std::int64_t procs) {
    if (procs_ > 0 && end_s > first_s_ + length_s_) {
      flush();
      length_s_ = linear_s_ > 0 ? length_s_ + linear_s_ : std::min(2 * length_s_, kLongest);
    }
    if (procs_ == 0) first_s_ = end_s;
    last_s_ = end_s;
    procs_ += procs;
  }
  void flush() {
    if (procs_ > 0) release_(last_s_, procs_);
    procs_ = 0;
  }

 private:
  static constexpr std::int64_t kLongest = std::int64_t{1} << 40;
  std::int64_t length_s_, linear_s_;
  Release release_;
  std::int64_t first_s_ = 0, last_s_ = 0, procs_ = 0;  // of the window that is being filled
};

Availability availability_of(const SimulationState& state) {
  Availability free;
  free.reset(state.now, state.free);
  const SlurmLoop& slurm = state.policy.slurm;
  EndWindows windows{slurm, [&](std::int64_t end_s, std::int64_t procs) {
                       const std::int64_t freed = rounded_up(end_s, slurm.resolution_s);
                       if (freed <= state.now + slurm.window_s)
                         free.add(freed, Availability::kForever, procs);
                     }};
  state.running.each([&](std::int64_t end_s, std::int64_t procs) { windows.add(end_s, procs); });
  windows.flush();
  return free;
}

}  // namespace

void slurm_main_pass(SimulationState& state) {
  if (state.free <= 0) return;
  for (const Waiting& w : first_by_priority(state, state.policy.slurm.main_depth)) {
    if (state.free <= 0) return;
    if (w.procs <= state.free) {
      state.queue.erase(w);
      state.start(w.job);
    } else if (may_reserve(state, w)) {
      return;
    }
  }
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
