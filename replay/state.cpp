#include "replay/state.h"

#include <array>

namespace foreshape {
namespace {

constexpr std::array<std::int64_t, 11> kIncrements = {60,     300,    900,    1'800,   3'600,  7'200,
                                                      18'000, 36'000, 72'000, 180'000, 360'000};

}  // namespace

SimulationState::SimulationState(const Workload& load_of_jobs, const Policy& policy_to_follow)
    : load(load_of_jobs),
      policy(policy_to_follow),
      free(load_of_jobs.procs),
      jobs(load_of_jobs.jobs.size()),
      estimator_(make_estimator(policy_to_follow, load_of_jobs)) {}

JobIndex SimulationState::head_by_arrival() {
  while (head_ < submitted_ && jobs[head_].start_s >= 0) ++head_;
  return head_ < submitted_ ? head_ : kNone;
}

Waiting SimulationState::entry_of(JobIndex job) const {
  const ReplayJob& j = load.jobs[job];
  const std::int64_t plan = jobs[job].plan_s;
  const double key = policy.order == Order::shortest_first ? static_cast<double>(plan) : 0.0;
  return {key, job, j.procs, plan, j.submit_s};
}

void SimulationState::submit(JobIndex job) {
  submitted_ = job + 1;
  const Estimate e = estimator_->estimate(job, now);
  jobs[job].plan_s = jobs[job].first_plan_s = e.plan_s;
  queue.insert(entry_of(job));
}

void SimulationState::start(JobIndex job) {
  const ReplayJob& j = load.jobs[job];
  JobStatus& s = jobs[job];
  s.start_s = now;
  s.start_seq = starts_++;
  s.planned_end_s = now + s.plan_s;
  s.end_s = now + (policy.kill_on_prediction ? std::min(j.run_s, s.plan_s) : j.run_s);
  free -= j.procs;
  running.add({s.planned_end_s, s.start_seq, j.procs});
  ends.push({s.end_s, s.start_seq, job});
  expect_overrun(job);
}

void SimulationState::end(JobIndex job) {
  const JobStatus& s = jobs[job];
  running.remove({s.planned_end_s, s.start_seq, load.jobs[job].procs});
  free += load.jobs[job].procs;
  estimator_->ended(job, s.start_s, now);
}

void SimulationState::expect_overrun(JobIndex job) {
  const JobStatus& s = jobs[job];
  if (s.planned_end_s < s.end_s) overruns.push({s.planned_end_s, s.start_seq, job});
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
  running.remove({s.planned_end_s, s.start_seq, j.procs});
  s.planned_end_s = s.start_s + std::min(plan, j.limit_s);
  running.add({s.planned_end_s, s.start_seq, j.procs});
  expect_overrun(job);
}

}  // namespace foreshape
