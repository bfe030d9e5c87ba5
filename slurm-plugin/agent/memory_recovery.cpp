// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/memory_recovery.h"

#include <optional>
#include <string_view>
#include <utility>

#include "slurm-plugin/slurm/job_record.h"
#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/requeued_job.h"
#include "slurm-plugin/slurm/shaped_job.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

bool has_ended(const slurm_job_info_t& job) {
  const bool is_completing = (job.job_state & JOB_COMPLETING) != 0;
  const JobState state = job_state(job.job_state);
  return !is_completing && (state == JobState::failed || state == JobState::out_of_memory);
}

}  // namespace

/// Our requeue and what follows it are two calls. Who was between them when slurmctld died looks like this;
/// later nobody but those we know of: an administrator may hold a job the same way.
bool MemoryRecovery::is_ours_held(const slurm_job_info_t& job) const {
  if (held_.contains(job_id_of(job))) return true;
  return is_first_ && is_held_by_requeue(job) && looks_killed_for_memory(job);
}

std::vector<MemoryStep> MemoryRecovery::due(const job_info_msg_t& jobs, bool gives_back) {
  std::vector<MemoryStep> steps;
  is_unsettled_ = false;
  for (std::uint32_t i = 0; i < jobs.record_count; ++i) {
    const slurm_job_info_t& job = jobs.job_array[i];
    const auto mark = shaped_memory(job);
    if (!mark || !is_batch_job(job)) continue;
    MemoryStep step;
    step.job = job_id_of(job);
    step.uid = job.user_id;
    step.mark = *mark;
    const bool waits = job_state(job.job_state) == JobState::pending;
    if (waits && is_ours_held(job)) {
      held_.insert(step.job);
      step.release = step.was_killed = true;
    } else if (has_ended(job) && looks_killed_for_memory(job)) {
      const bool is_settled = jobs.last_update - job.end_time >= kSettledSeconds;
      is_unsettled_ |= !is_settled && job.restart_cnt == 0;
      step.requeue = step.release = step.was_killed = is_settled && job.restart_cnt == 0;
    }
    const bool is_due = step.was_killed || (waits && (job.restart_cnt > 0 || gives_back));
    if (!is_due || steps.size() == kMaxSteps) continue;
    step.shown_id = shown_id(job);
    step.had_comment = bounded(job.admin_comment, kMaxScriptBytes);
    step.admin_comment = returned_comment(step.had_comment, mark->planned_mib, step.was_killed);
    steps.push_back(std::move(step));
  }
  is_first_ = false;
  return steps;
}

}  // namespace foreshape
