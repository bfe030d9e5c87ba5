// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/job_requeue.h"

#include <ctime>

#include "slurm-plugin/slurm/rpc/job_now.h"
#include "slurm-plugin/slurm/rpc/slurm_answer.h"

namespace foreshape {

Result<void> requeue_held(JobId job) {
  return told("slurm_requeue", [&] { return slurm_requeue(CallJobId{job}, JOB_REQUEUE_HOLD); });
}

Result<void> requeue_held_from(JobId job, JobState had_state) {
  const auto jobs = job_now(job, had_state);
  if (!jobs) return tl::make_unexpected(jobs.error());
  if (((*jobs)->job_array[0].job_state & JOB_COMPLETING) != 0)
    return failure(ErrorCode::not_found, "it is about to end");
  return requeue_held(job);
}

void let_start_at_once(job_desc_msg_t& message) {
  message.begin_time = std::time(nullptr);
  message.priority = INFINITE;  // Slurm finds it anew, as scontrol release has it
}

}  // namespace foreshape
