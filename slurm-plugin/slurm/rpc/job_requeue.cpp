// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/job_requeue.h"

#include <cstdint>

#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/rpc/slurm_answer.h"

namespace foreshape {

Result<void> requeue_held(JobId job) {
  return told("slurm_requeue", [&] { return slurm_requeue(CallJobId{job}, JOB_REQUEUE_HOLD); });
}

Result<void> requeue_held_from(JobId job, JobState had_state) {
  const auto jobs = loaded<job_info_msg_t, FreeJobs>(
      "slurm_load_job", [&](auto** out) { return slurm_load_job(out, CallJobId{job}, SHOW_ALL); });
  if (!jobs) return tl::make_unexpected(jobs.error());
  if ((*jobs)->record_count != 1) return failure(ErrorCode::not_found, "the job is gone");
  const std::uint32_t state = (*jobs)->job_array[0].job_state;
  if (job_state(state) != had_state || (state & JOB_COMPLETING) != 0)
    return failure(ErrorCode::not_found, "its state is another");
  return requeue_held(job);
}

}  // namespace foreshape
