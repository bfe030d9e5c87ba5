// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Processors held for jobs that are not there yet: the plugin's planner at work in a replay.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "predictor/plan/idle_cost.h"
#include "predictor/plan/miss_tracker.h"
#include "predictor/plan/pre_allocation.h"
#include "predictor/plan/resource_pool.h"
#include "replay/foreseen_jobs.h"
#include "replay/hold_outcome.h"
#include "replay/state.h"

namespace foreshape {

/// plan_holds() each kRound_s, each processor a node; jobs are let in by the rules of hold_entry.h, at each round and
/// at submissions. What is not as in the plugin: chains are not followed, since a trace's submissions do not move with
/// the ends that they followed; nothing is held while nobody waits and a quarter of the machine is free.
class Holding {
 public:
  static constexpr std::int64_t kRound_s = 60;

  /// state: of a pool, with a policy that holds; must outlive it.
  explicit Holding(SimulationState& state);

  /// After the pass that follows the event: the job may enter a hold.
  void submitted(JobIndex job);
  void ended(JobIndex job);

  /// When the next round is; INT64_MAX: not before the next submission.
  std::int64_t next_due() const { return due_; }
  /// True if processors were given back, so that others may start.
  bool round();

  const HoldOutcome& outcome() const { return outcome_; }

 private:
  struct Hold {
    LiveHold live;
    std::int64_t vacant = 0;  // processors without a job
  };

  bool is_quiet() const { return state_.queue.empty() && state_.free >= state_.load.procs / 4; }
  void see_machine();
  void see_queue();
  std::int64_t expected_end_s(JobIndex job) const;
  void account_idle();
  void give_back_ended();
  void close(HoldNumber number);
  void plan();
  void take_over(const std::vector<WantedHold>& wanted);
  void make(HoldNumber number, const WantedHold& wanted);
  void let_go(ProcessorIndex processor);
  void let_in();
  Hold* hold_for(const Waiting& w, HoldNumber& number);
  std::optional<std::int64_t> may_run_s(JobIndex job, HoldKind kind) const;
  void enter(const Waiting& w, HoldNumber number, Hold& hold, std::int64_t may_run_s);

  SimulationState& state_;
  HoldPolicy rules_;
  std::unique_ptr<ForeseenJobs> foreseen_;
  ResourcePool pool_;  // as it was at the last round
  std::map<HoldNumber, Hold> holds_;
  HoldNumber next_number_ = 1;
  std::map<JobIndex, std::int64_t> may_run_s_;  // of jobs that were let in and run
  IdleLedger ledger_;
  MissTracker misses_, overruns_;
  std::vector<ServedShare> served_;  // by the pool, in the last plan
  std::int64_t looked_s_ = 0;
  std::int64_t due_ = INT64_MAX;
  HoldOutcome outcome_;
};

}  // namespace foreshape
