// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/state.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "predictor/plan/order_key.h"

namespace foreshape {
namespace {

constexpr std::array<std::int64_t, 11> kIncrements = {60,     300,    900,    1'800,   3'600,  7'200,
                                                      18'000, 36'000, 72'000, 180'000, 360'000};

}  // namespace

SimulationState::SimulationState(const Workload& load_of_jobs, const SchedulingPolicy& policy_to_follow)
    : load(load_of_jobs),
      policy(policy_to_follow),
      free(load_of_jobs.procs),
      jobs(load_of_jobs.jobs.size()),
      at_submission(load_of_jobs.jobs.size()),
      estimator_(make_estimator(policy_to_follow, load_of_jobs)) {
  if (load.cluster.nodes > 0) machine.emplace(load);
  if (policy.fair_share) fair_share_.emplace(load, *policy.fair_share);
  if (policy.trial) trials.emplace(load, *policy.trial);
  if (policy.hold && !machine) processors.emplace(load.procs, free, running);
  if (!policy.renew_s) return;
  waiting_of_user_.resize(load.users);
  renewed_s_.resize(load.users, INT64_MIN / 2);
}

JobIndex SimulationState::head_by_arrival() {
  while (head_ < submitted_ && jobs[head_].start_s >= 0) ++head_;
  return head_ < submitted_ ? head_ : kNone;
}

Waiting SimulationState::entry_of(JobIndex job) const {
  const ReplayJob& j = load.jobs[job];
  return {key_of(job), job, j.procs, jobs[job].plan_s, j.submit_s};
}

double SimulationState::key_of(JobIndex job) const {
  const ReplayJob& j = load.jobs[job];
  const JobStatus& s = jobs[job];
  switch (policy.order) {
    case Order::arrival:
      return fair_share_ ? static_cast<double>(j.submit_s) - fair_share_->worth_s(job) : 0;
    case Order::shortest_first:
      return static_cast<double>(s.plan_s);
    case Order::slowdown:
      return std::min(s.order_s, static_cast<double>(policy.order_cap_s));
    case Order::static_key: {
      const double share = static_cast<double>(j.procs) / load.procs;
      const auto key = static_cast<double>(j.submit_s + order_offset_s(s.order_s, share, policy.static_key));
      return fair_share_ ? key - fair_share_->worth_s(job) : key;
    }
  }
  return 0;
}

double SimulationState::rms_wait_s() const { return std::sqrt(square_wait_); }

Estimate SimulationState::estimate(JobIndex job) {
  Estimate e = estimator_->estimate(job, now);
  if (policy.plan_requested) e.plan_s = load.jobs[job].limit_s;
  return e;
}

void SimulationState::plan(JobIndex job, const Estimate& estimate) {
  JobStatus& s = jobs[job];
  s.plan_s = estimate.plan_s;
  s.order_s = estimate.order_s;
  s.short_chance = estimate.short_chance;
}

void SimulationState::submit(JobIndex job) {
  submitted_ = job + 1;
  const Estimate e = at_submission[job] = estimate(job);
  plan(job, e);
  if (fair_share_) fair_share_->submitted(job);
  renew_fair_share();
  queue.insert(entry_of(job));
  estimator_->submitted(job);
  if (policy.renew_s) waiting_of_user_[load.jobs[job].user].push_back(job);
}

void SimulationState::occupy(JobIndex job, std::int64_t planned_end_s, Placement placement, HoldNumber hold) {
  const ReplayJob& j = load.jobs[job];
  JobStatus& s = jobs[job];
  s.start_s = now;
  s.start_seq = starts_++;
  s.planned_end_s = planned_end_s;
  const auto wait = static_cast<double>(now - j.submit_s);
  square_wait_ += (wait * wait - square_wait_) / std::min(starts_, policy.protect_recent_jobs);
  take_processors(job, hold);
  if (policy.promise_slack_s) by_request.add({now + j.limit_s, s.start_seq, j.procs});
  if (machine) machine->start(job, s.start_seq, std::move(placement), s.planned_end_s, now + j.limit_s);
  estimator_->started(job, now);
  if (fair_share_) fair_share_->started(job, now);
}

void SimulationState::take_processors(JobIndex job, HoldNumber hold) {
  const PlannedEnd as{jobs[job].planned_end_s, jobs[job].start_seq, load.jobs[job].procs};
  if (!processors) {
    free -= as.procs;
    running.add(as);
    return;
  }
  newly_started.push_back(job);
  if (hold != 0)
    processors->start_in(hold, job, as, now);
  else
    processors->start(job, as, now);
}

void SimulationState::give_processors_back(JobIndex job) {
  if (processors) return processors->end(job, now);
  const PlannedEnd as{jobs[job].planned_end_s, jobs[job].start_seq, load.jobs[job].procs};
  running.remove(as);
  free += as.procs;
}

void SimulationState::vacate(JobIndex job) {
  const ReplayJob& j = load.jobs[job];
  const JobStatus& s = jobs[job];
  give_processors_back(job);
  if (policy.promise_slack_s) by_request.remove({s.start_s + j.limit_s, s.start_seq, j.procs});
  if (machine) machine->end(job, s.start_seq, s.planned_end_s, s.start_s + j.limit_s);
  if (fair_share_) fair_share_->ended(job, now);
}

void SimulationState::start(JobIndex job, Placement placement) {
  occupy(job, now + jobs[job].plan_s, std::move(placement));
  expect_end(job);
}

void SimulationState::start_in(HoldNumber hold, JobIndex job) {
  occupy(job, now + jobs[job].plan_s, {}, hold);
  expect_end(job);
}

void SimulationState::expect_end(JobIndex job) {
  const std::int64_t run_s = load.jobs[job].run_s;
  JobStatus& s = jobs[job];
  s.end_s = s.start_s + (policy.kill_on_prediction ? std::min(run_s, s.plan_s) : run_s);
  ends.push({s.end_s, s.start_seq, job});
  expect_overrun(job);
}

void SimulationState::start_trial(JobIndex job, Placement placement) {
  occupy(job, now + trials->hold_s(), std::move(placement));
  trials->started(job, now);
  JobStatus& s = jobs[job];
  if (load.jobs[job].run_s <= trials->length_s()) return expect_end(job);
  s.trial = TrialStage::on_trial;
  trial_ends.push({now + trials->length_s(), s.start_seq, job});
}

void SimulationState::stop_trial(JobIndex job) {
  jobs[job].trial = TrialStage::leaves;
  trial_ends.push({now + trials->start_cost_s(), jobs[job].start_seq, job});
}

void SimulationState::run_on(JobIndex job) {
  JobStatus& s = jobs[job];
  s.trial = TrialStage::none;
  trials->ran_on(job);
  replan(job, s.start_s + s.plan_s);
  expect_end(job);
}

void SimulationState::requeue(JobIndex job) {
  vacate(job);
  trials->requeued(job, now, machine ? machine->placement(job) : Placement{});
  estimator_->requeued(job);
  jobs[job].trial = TrialStage::none;
  jobs[job].start_s = -1;
  head_ = std::min(head_, job);
  queue.insert(entry_of(job));
  if (!policy.renew_s) return;
  auto& waiting = waiting_of_user_[load.jobs[job].user];
  if (std::find(waiting.begin(), waiting.end(), job) == waiting.end()) waiting.push_back(job);
}

bool SimulationState::start_if_room(const Waiting& entry) {
  if (entry.procs > free) return false;
  Placement placement;
  if (machine) {
    auto found = machine->free().place(load.jobs[entry.job].demand, FitRule::best_run);
    if (!found) return false;
    placement = std::move(*found);
  }
  queue.erase(entry);
  start(entry.job, std::move(placement));
  return true;
}

void SimulationState::end(JobIndex job) {
  vacate(job);
  estimator_->ended(job, jobs[job].start_s, now);
  if (policy.renew_s) renew(load.jobs[job].user);
}

void SimulationState::renew(std::uint32_t user) {
  if (now - renewed_s_[user] < *policy.renew_s) return;
  renewed_s_[user] = now;
  auto& waiting = waiting_of_user_[user];
  std::erase_if(waiting, [&](JobIndex job) { return jobs[job].start_s >= 0; });
  for (const JobIndex job : waiting) {
    const Estimate e = estimate(job);
    const JobStatus& s = jobs[job];
    const bool moves = e.plan_s != s.plan_s || e.order_s != s.order_s;
    if (moves) queue.erase(entry_of(job));
    plan(job, e);
    if (moves) queue.insert(entry_of(job));
  }
}

void SimulationState::renew_fair_share() {
  if (!fair_share_ || !fair_share_->renew(now)) return;
  std::vector<JobIndex> moved;
  queue.scan(kEveryBlock, [&](const Waiting& w) {
    if (w.key == key_of(w.job)) return WaitingJobs::ScanVerdict::keep;
    moved.push_back(w.job);
    return WaitingJobs::ScanVerdict::erase;
  });
  for (const JobIndex job : moved) queue.insert(entry_of(job));
}

void SimulationState::expect_overrun(JobIndex job) {
  const JobStatus& s = jobs[job];
  if (s.planned_end_s < s.end_s) overruns.push({s.planned_end_s, s.start_seq, job});
}

void SimulationState::replan(JobIndex job, std::int64_t end_s) {
  JobStatus& s = jobs[job];
  const std::int32_t procs = load.jobs[job].procs;
  if (machine) machine->correct(job, s.start_seq, s.planned_end_s, end_s);
  if (processors) {
    processors->replan(job, end_s);
  } else {
    running.remove({s.planned_end_s, s.start_seq, procs});
    running.add({end_s, s.start_seq, procs});
  }
  s.planned_end_s = end_s;
}

void SimulationState::correct(JobIndex job) {
  const ReplayJob& j = load.jobs[job];
  JobStatus& s = jobs[job];
  std::int64_t plan = j.limit_s;
  if (policy.correction == Correction::incremental && s.corrections < kIncrements.size())
    plan = s.plan_s + kIncrements[s.corrections];
  if (policy.correction == Correction::next_quantile) plan = estimator_->longer(job, now - s.start_s);
  ++s.corrections;
  ++corrections;
  replan(job, s.start_s + std::min(plan, j.limit_s));
  expect_overrun(job);
}

}  // namespace foreshape
