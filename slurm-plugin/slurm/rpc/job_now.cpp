// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/job_now.h"

#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/rpc/slurm_answer.h"

namespace foreshape {

Result<JobList> job_now(JobId job, JobState state) {
  auto jobs = loaded<job_info_msg_t, FreeJobs>(
      "slurm_load_job", [&](auto** out) { return slurm_load_job(out, CallJobId{job}, SHOW_ALL); });
  if (!jobs) return jobs;
  if ((*jobs)->record_count != 1) return failure(ErrorCode::not_found, "the job is gone");
  if (job_state((*jobs)->job_array[0].job_state) != state)
    return failure(ErrorCode::not_found, "it is in another state");
  return jobs;
}

}  // namespace foreshape
