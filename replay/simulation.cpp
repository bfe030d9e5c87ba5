// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/simulation.h"

#include <memory>
#include <optional>

#include "replay/conservative_pass.h"
#include "replay/holding.h"
#include "replay/passes.h"
#include "replay/trial_pass.h"

namespace foreshape {
namespace {

constexpr std::int64_t kNever = INT64_MAX;
constexpr std::uint64_t kEventsBetweenReports = 4096;

std::int64_t next_time(const SimulationState::Events& events) {
  return events.empty() ? kNever : events.top().time_s;
}

JobIndex pop(SimulationState::Events& events) {
  const JobIndex job = events.top().job;
  events.pop();
  return job;
}

/// What happens in the simulated time, one event after the other.
class Timeline {
 public:
  explicit Timeline(SimulationState& state) : state_(state) {
    if (state.policy.backfill == Backfill::conservative) conservative_ = make_conservative_plan(state);
    if (state.processors) holding_.emplace(state);
  }

  /// Handles one event; false when there is none left.
  bool step() {
    const std::int64_t overrun = next_time(state_.overruns);
    const std::int64_t submission =
        next_ < state_.load.jobs.size() ? state_.load.jobs[next_].submit_s : kNever;
    const std::int64_t end = next_time(state_.ends);
    const std::int64_t trial = next_time(state_.trial_ends);
    const std::int64_t due = conservative_ ? conservative_->next_due() : backfill_;
    const std::int64_t round = holding_ ? holding_->next_due() : kNever;
    state_.now = std::min({overrun, submission, end, trial, round, due});
    if (state_.now == kNever) return false;
    if (!state_.queue.empty()) state_.renew_fair_share();
    if (overrun == state_.now) {
      state_.correct(pop(state_.overruns));
      if (conservative_) conservative_->corrected();
    } else if (submission == state_.now) {
      state_.submit(next_);
      if (conservative_) conservative_->submitted(next_);
      ++next_;
      pass();
      if (holding_) holding_->submitted(next_ - 1);
    } else if (end == state_.now) {
      const JobIndex job = pop(state_.ends);
      const std::int64_t planned_end = state_.jobs[job].planned_end_s;
      state_.end(job);
      if (holding_) holding_->ended(job);
      if (conservative_) conservative_->ended(job, planned_end);
      pass();
    } else if (trial == state_.now) {
      trial_is_over(pop(state_.trial_ends));
    } else if (round == state_.now) {
      if (holding_->round()) pass();
    } else if (conservative_) {
      conservative_->pass();
    } else {
      backfill_ = kNever;  // until something changes: nothing else can start then
      slurm_backfill_pass(state_);
    }
    return true;
  }

  JobIndex submitted() const { return next_; }
  HoldOutcome hold_outcome() const { return holding_ ? holding_->outcome() : HoldOutcome{}; }

 private:
  void pass() {
    if (conservative_) return conservative_->pass();
    if (state_.policy.backfill == Backfill::head) return easy_pass(state_);
    slurm_main_pass(state_);
    const std::int64_t interval = state_.policy.slurm.interval_s;
    if (backfill_ == kNever && !state_.queue.empty()) backfill_ = (state_.now / interval + 1) * interval;
  }

  void trial_is_over(JobIndex job) {
    if (state_.jobs[job].trial == TrialStage::leaves) {
      state_.requeue(job);
      return pass();
    }
    if (may_run_on(state_, job))
      state_.run_on(job);
    else
      state_.stop_trial(job);
  }

  SimulationState& state_;
  std::unique_ptr<ReservationPlan> conservative_;
  std::optional<Holding> holding_;
  JobIndex next_ = 0;               // the next job to be submitted
  std::int64_t backfill_ = kNever;  // when Slurm's backfill runs next
};

}  // namespace

Schedule simulate(const Workload& load, const SchedulingPolicy& policy, const SimulationProgress& progress) {
  SimulationState state{load, policy};
  Schedule schedule;
  Timeline timeline{state};
  while (timeline.step()) {
    if (++schedule.events % kEventsBetweenReports == 0 && progress)
      progress(timeline.submitted() - state.queue.size());
  }
  schedule.estimates = std::move(state.at_submission);
  schedule.corrections = state.corrections;
  if (state.machine) schedule.placements = state.machine->placements();
  if (state.trials) schedule.trials = state.trials->runs();
  schedule.holds = timeline.hold_outcome();
  schedule.start_s.reserve(state.jobs.size());
  schedule.end_s.reserve(state.jobs.size());
  for (const JobStatus& job : state.jobs) {
    schedule.start_s.push_back(job.start_s);
    schedule.end_s.push_back(job.end_s);
  }
  return schedule;
}

}  // namespace foreshape
