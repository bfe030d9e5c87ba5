// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What Slurm's backfill knows of the future: planned ends, gathered in windows, and its own reservations.
//
// Runs in: offline.
// Threads: one object, one thread; it lives for a pass, and the state must not change but by what it takes.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "replay/availability.h"
#include "replay/node_timeline.h"
#include "replay/state.h"

namespace foreshape {

inline std::int64_t rounded_up(std::int64_t time_s, std::int64_t unit) {
  return (time_s + unit - 1) / unit * unit;
}
inline std::int64_t rounded_down(std::int64_t time_s, std::int64_t unit) { return time_s / unit * unit; }

/// Gathers planned ends as Slurm does when it looks for the time at which a job fits: those within a window
/// count as the last of them, and each window is longer than the one before.
/// Source: bf_window_linear in slurm.conf(5); src/plugins/select/cons_common/job_test.c, _will_run_test.
template <class Job, class Release>
class EndWindows {
 public:
  EndWindows(const SlurmLoop& slurm, Release release)
      : length_s_(slurm.precision_s),
        linear_s_(slurm.window_linear_s),
        jobs_max_(slurm.precision_jobs),
        release_(release) {}

  /// Ends in order of time.
  void add(std::int64_t end_s, Job job) {
    const bool is_full = jobs_.size() >= jobs_max_ && end_s > last_s_;
    if (!jobs_.empty() && (end_s > first_s_ + length_s_ || is_full)) {
      flush();
      length_s_ = linear_s_ > 0 ? length_s_ + linear_s_ : std::min(2 * length_s_, kLongest);
    }
    if (jobs_.empty()) first_s_ = end_s;
    last_s_ = end_s;
    jobs_.push_back(job);
  }
  void flush() {
    for (const Job& job : jobs_) release_(last_s_, job);
    jobs_.clear();
  }

 private:
  static constexpr std::int64_t kLongest = std::int64_t{1} << 40;
  std::int64_t length_s_, linear_s_;
  std::uint32_t jobs_max_;
  Release release_;
  std::int64_t first_s_ = 0, last_s_ = 0;
  std::vector<Job> jobs_;  // of the window that is being filled
};

/// Calls release(time, job) for every running job with the time at which Slurm counts it as gone; not for
/// those beyond bf_window. for_each(visit): visit(planned end, job) in order of ends. Job: what release
/// needs.
template <class Job, class ForEach, class Release>
void release_running(const SimulationState& state, ForEach&& for_each, Release&& release) {
  const SlurmLoop& slurm = state.policy.slurm;
  const auto rounded = [&](std::int64_t end_s, const Job& job) {
    const std::int64_t freed = rounded_up(end_s, slurm.resolution_s);
    if (freed <= state.now + slurm.window_s) release(freed, job);
  };
  EndWindows<Job, decltype(rounded)> windows{slurm, rounded};
  for_each([&](std::int64_t end_s, Job job) { windows.add(end_s, job); });
  windows.flush();
}

/// Before when jobs of a demand can't start. During a pass less and less is free, so where one was found to
/// start none like it starts earlier: a burst of equal jobs is one search and not many.
class EarliestStarts {
 public:
  static constexpr std::int64_t kAny = INT64_MIN;

  /// The one of jobs like it; kAny before the first.
  std::int64_t& of(const NodeDemand& demand, std::int64_t plan_s) {
    const auto key = std::tuple{demand.cores, demand.nodes, demand.memory_per_core, plan_s};
    return starts_.try_emplace(key, kAny).first->second;
  }

 private:
  std::map<std::tuple<std::int32_t, std::int32_t, std::int64_t, std::int64_t>, std::int64_t> starts_;
};

/// Free processors over time, as far as planned ends and the reservations of this pass tell.
class PoolFuture {
 public:
  explicit PoolFuture(const SimulationState& state) : state_(state) {
    free_.reset(state.now, state.free);
    release_running<std::int64_t>(
        state, [&](auto&& visit) { state.running.each(visit); },
        [&](std::int64_t freed_s, std::int64_t procs) { free_.add(freed_s, Availability::kForever, procs); });
  }
  /// The earliest start until latest_s.
  std::optional<std::int64_t> find(const Waiting& w, std::int64_t latest_s) const {
    const std::int64_t start = free_.earliest(state_.now, w.procs, w.plan_s, latest_s);
    return start <= latest_s ? std::optional{start} : std::nullopt;
  }
  /// Takes what find() found last, from now on; where that is.
  Placement take(const Waiting& w, std::int64_t until_s) {
    free_.add(state_.now, until_s, -w.procs);
    return {};
  }
  /// Reserves what it found.
  void reserve(const Waiting& w, std::int64_t from_s, std::int64_t until_s) {
    free_.add(from_s, until_s, -w.procs);
  }

 private:
  const SimulationState& state_;
  Availability free_;
};

/// The same on nodes. Slurm's map of the future knows nodes, not cores: a reservation takes whole nodes.
class NodeFuture {
 public:
  explicit NodeFuture(const SimulationState& state)
      : state_(state), free_(state.now, state.machine->free(), FitRule::best_run) {
    const auto each = [&](auto&& visit) {
      for (const auto& [end_s, seq, job] : state.machine->planned()) visit(end_s, job);
    };
    release_running<JobIndex>(state, each, [&](std::int64_t freed_s, JobIndex job) {
      free_.release(std::max(freed_s, state.now), state.machine->placement(job));
    });
  }
  std::optional<std::int64_t> find(const Waiting& w, std::int64_t latest_s) {
    const NodeDemand demand = state_.machine->demand(w.job);
    std::int64_t& earliest = earliest_.of(demand, w.plan_s);
    found_ = free_.earliest(std::max(state_.now, earliest), demand, w.plan_s, latest_s);
    earliest = found_ ? found_->start_s : latest_s + 1;
    return found_ ? std::optional{found_->start_s} : std::nullopt;
  }
  Placement take(const Waiting&, std::int64_t until_s) {
    free_.take(state_.now, until_s, found_->placement);
    return std::move(found_->placement);
  }
  void reserve(const Waiting&, std::int64_t from_s, std::int64_t until_s) {
    free_.take_whole_nodes(from_s, until_s, found_->placement);
  }

 private:
  const SimulationState& state_;
  NodeTimeline free_;
  EarliestStarts earliest_;
  std::optional<NodeTimeline::Slot> found_;
};

}  // namespace foreshape
