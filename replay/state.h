// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a scheduling pass sees and may do: the clock, the free processors, who runs and who waits.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "replay/block_list.h"
#include "replay/estimator.h"
#include "replay/fair_share.h"
#include "replay/node_machine.h"
#include "replay/policy.h"
#include "replay/processor_map.h"
#include "replay/running.h"
#include "replay/trials.h"
#include "replay/workload.h"

namespace foreshape {

/// A waiting job in the order in which candidates are considered.
struct Waiting {
  double key = 0;  ///< first by this, then by arrival
  JobIndex job = 0;
  std::int32_t procs = 0;
  std::int64_t plan_s = 0;
  std::int64_t submit_s = 0;

  friend bool operator<(const Waiting& a, const Waiting& b) {
    return a.key != b.key ? a.key < b.key : a.job < b.job;
  }
};

/// The least that any job of a block asks: where this does not fit, none of them does.
struct LeastRequested {
  std::int32_t procs = INT32_MAX;
  std::int64_t plan_s = INT64_MAX;
  std::int64_t submit_s = INT64_MAX;
  double key = 0;  ///< the first job's, which is the smallest

  void add(const Waiting& w) {
    key = procs == INT32_MAX ? w.key : std::min(key, w.key);
    procs = std::min(procs, w.procs);
    plan_s = std::min(plan_s, w.plan_s);
    submit_s = std::min(submit_s, w.submit_s);
  }
};

using WaitingJobs = BlockList<Waiting, LeastRequested>;

/// For WaitingJobs::look and scan: no block is passed over.
inline constexpr auto kEveryBlock = [](const LeastRequested&) { return false; };

enum class TrialStage : std::uint8_t {
  none,  ///< does not run, or as any job
  on_trial,
  leaves,  ///< is stopped; its processors are not free yet
};

struct JobStatus {
  std::int64_t start_s = -1;       ///< -1 = waits, or is not submitted yet
  std::int64_t end_s = 0;          ///< when it will end
  std::int64_t planned_end_s = 0;  ///< when it is planned to end
  std::uint32_t start_seq = 0;
  std::uint16_t corrections = 0;
  std::int64_t plan_s = 0;
  double order_s = 0;
  double short_chance = 0;
  TrialStage trial = TrialStage::none;
  std::int64_t promise_s = INT64_MAX;  ///< guard: when it must be able to start; INT64_MAX = no promise yet
};

class SimulationState {
 public:
  SimulationState(const Workload& load_of_jobs, const SchedulingPolicy& policy_to_follow);

  const Workload& load;
  const SchedulingPolicy& policy;
  std::int64_t now = 0;
  std::int64_t free = 0;               ///< may be below zero for an instant: see free_now()
  RunningJobs running;                 ///< by planned ends
  RunningJobs by_request;              ///< by requested ends; kept only where the policy has a guard
  std::optional<NodeMachine> machine;  ///< where the workload's machine has nodes: beside the sums above
  WaitingJobs queue;
  std::vector<JobStatus> jobs;
  std::vector<Estimate> at_submission;  ///< of every job
  std::uint64_t corrections = 0;
  std::optional<Trials> trials;            ///< where the policy has trial starts
  std::optional<ProcessorMap> processors;  ///< where the policy holds some: changes `free` and `running`
  std::vector<JobIndex> newly_started;     ///< likewise: since somebody looked last

  /// Root of the mean square of the waits of the jobs that started last (policy.protect_recent_jobs): each
  /// start takes one part in so many of the weight.
  double rms_wait_s() const;
  /// Free processors, those of jobs that are planned to end now included.
  std::int64_t free_now() const { return free + running.freed_by(now); }
  /// The first waiting job in order of arrival, or kNone.
  JobIndex head_by_arrival();
  static constexpr JobIndex kNone = UINT32_MAX;

  /// The job joins the queue, with an estimate.
  void submit(JobIndex job);
  /// The job starts now. The caller takes it out of the queue. placement: where, if there are nodes.
  void start(JobIndex job, Placement placement = {});
  /// Likewise on vacant processors of that hold.
  void start_in(HoldNumber hold, JobIndex job);
  /// Starts a waiting job if there is really room for it now (jobs that end this very second still run).
  bool start_if_room(const Waiting& entry);
  void end(JobIndex job);
  /// The job starts now for a trial; it is planned to leave at the trial's end. Else as start().
  void start_trial(JobIndex job, Placement placement);
  /// Its trial is over and it did not end: it is stopped, runs on as any job, or, stopped, waits again in the
  /// place that it would have without the trial.
  void stop_trial(JobIndex job);
  void run_on(JobIndex job);
  void requeue(JobIndex job);
  /// The running job is planned to end at another time.
  void replan(JobIndex job, std::int64_t end_s);
  /// The job outran its plan: plans anew.
  void correct(JobIndex job);
  /// Gives waiting jobs the places that fair-share has for them now, if the policy has fair-share.
  void renew_fair_share();
  /// The queue's entry of a waiting job.
  Waiting entry_of(JobIndex job) const;

  struct Event {
    std::int64_t time_s;
    std::uint32_t start_seq;
    JobIndex job;
    friend bool operator>(const Event& a, const Event& b) {
      return a.time_s != b.time_s ? a.time_s > b.time_s : a.start_seq > b.start_seq;
    }
  };
  using Events = std::priority_queue<Event, std::vector<Event>, std::greater<>>;
  Events ends, overruns;
  Events trial_ends;  ///< of jobs on trial that run longer, and of stopped ones

 private:
  double key_of(JobIndex job) const;
  Estimate estimate(JobIndex job);
  /// Takes processors from now until a planned end, and gives them back.
  void occupy(JobIndex job, std::int64_t planned_end_s, Placement placement, HoldNumber hold = 0);
  void vacate(JobIndex job);
  void take_processors(JobIndex job, HoldNumber hold);
  void give_processors_back(JobIndex job);
  /// As any job, until it ends by itself or, with kill_on_prediction, at its plan.
  void expect_end(JobIndex job);
  void expect_overrun(JobIndex job);
  void plan(JobIndex job, const Estimate& estimate);
  /// Predicts anew for the waiting jobs of that user, if the policy wants it and it is time.
  void renew(std::uint32_t user);

  std::unique_ptr<Estimator> estimator_;
  std::optional<FairShare> fair_share_;
  std::uint32_t starts_ = 0;
  double square_wait_ = 0;                              // mean over recent starts
  std::vector<std::vector<JobIndex>> waiting_of_user_;  // kept only where predictions are renewed
  std::vector<std::int64_t> renewed_s_;                 // by user
  JobIndex submitted_ = 0;                              // jobs below this index have been submitted
  JobIndex head_ = 0;                                   // no job below this index waits
};

}  // namespace foreshape
