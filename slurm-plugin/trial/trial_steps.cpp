// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/trial/trial_steps.h"

#include <algorithm>
#include <utility>

#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/requeued_job.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {

using Kind = TrialStep::Kind;

/// Our requeue and what follows it are two calls. Who was between them when slurmctld died looks like this;
/// later nobody but those we know of: an administrator may hold a job the same way.
bool TrialSteps::is_ours_held(const slurm_job_info_t& job) const {
  if (held_.contains(job_id_of(job))) return true;
  return is_first_ && is_held_by_requeue(job);
}

/// For the first time: for its trial. Again: it was on trial, whoever has queued it again.
void TrialSteps::look_at_waiting(const OpenTrial& trial, const TrialTimes& times,
                                 std::vector<TrialStep>& steps) {
  const slurm_job_info_t& job = *trial.job;
  const JobId id = job_id_of(job);
  if (job.restart_cnt > 0) {
    if ((job.job_state & JOB_COMPLETING) != 0) return;  // of the run before: it takes no change yet
    const bool release = is_ours_held(job);
    if (release) held_.insert(id);
    return steps.push_back({Kind::give_back, trial, release});
  }
  ++open_;
  const UnixSeconds since_s = std::min(waits_since_s_[id], times.now_s);
  const bool has_own_say =
      job.time_limit != trial.mark.limit_min || job.priority == 0;  // its user's change, or hold
  if (times.ends_waits || has_own_say || times.now_s - since_s > times.wait_s)
    steps.push_back({Kind::end_wait, trial, false});
}

void TrialSteps::look_at_running(const OpenTrial& trial, const PlannedStarts& planned,
                                 const TrialTimes& times, std::vector<TrialStep>& steps) {
  const slurm_job_info_t& job = *trial.job;
  ++open_;
  const UnixSeconds whole_until_s = job.start_time + std::int64_t{trial.mark.limit_min} * 60;
  const bool may_run_whole =
      !has_trial_limit(job, trial.mark) || planned.leave_free(job.nodes, whole_until_s);
  if (may_run_whole) return steps.push_back({Kind::run_whole, trial, false});
  const bool is_over = times.now_s - job.start_time + times.interval_s >= times.length_s;
  if (is_over) steps.push_back({Kind::requeue, trial, false});
}

void TrialSteps::look_at_ended(const OpenTrial& trial, const TrialTimes& times,
                               std::vector<TrialStep>& steps) {
  const slurm_job_info_t& job = *trial.job;
  const bool was_cut = job_state(job.job_state) == JobState::timeout && has_trial_limit(job, trial.mark);
  if (!was_cut || job.restart_cnt > 0) return;
  const bool is_settled =
      (job.job_state & JOB_COMPLETING) == 0 && times.now_s - job.end_time >= kSettledSeconds;
  is_unsettled_ |= !is_settled;
  if (is_settled) steps.push_back({Kind::requeue, trial, false});
}

std::vector<TrialStep> TrialSteps::due(std::span<const OpenTrial> trials, const PlannedStarts& planned,
                                       const TrialTimes& times) {
  std::vector<TrialStep> steps;
  const std::unordered_map<JobId, UnixSeconds> before = std::exchange(waits_since_s_, {});
  std::unordered_set<JobId> seen;
  open_ = 0;
  is_unsettled_ = false;
  for (const OpenTrial& trial : trials) {
    const slurm_job_info_t& job = *trial.job;
    seen.insert(job_id_of(job));
    const JobState state = job_state(job.job_state);
    if (state == JobState::pending) {
      const auto known = before.find(job_id_of(job));
      waits_since_s_[job_id_of(job)] = known != before.end() ? known->second : times.now_s;
      look_at_waiting(trial, times, steps);
    } else if (state == JobState::running && (job.job_state & JOB_COMPLETING) == 0) {
      look_at_running(trial, planned, times, steps);
    } else {
      look_at_ended(trial, times, steps);
    }
  }
  std::erase_if(held_, [&seen](JobId job) { return !seen.contains(job); });
  std::ranges::stable_sort(steps, [](const TrialStep& a, const TrialStep& b) {
    return (a.kind == Kind::requeue) > (b.kind == Kind::requeue);
  });
  if (steps.size() > kMaxSteps) steps.resize(kMaxSteps);
  is_first_ = false;
  return steps;
}

}  // namespace foreshape
