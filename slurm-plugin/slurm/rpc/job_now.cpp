// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/job_now.h"

#include <algorithm>
#include <span>
#include <utility>

#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/rpc/slurm_answer.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {

Result<JobList> job_now(JobId job, JobState state) {
  auto jobs = loaded<job_info_msg_t, FreeJobs>(
      "slurm_load_job", [&](auto** out) { return slurm_load_job(out, CallJobId{job}, SHOW_ALL); });
  if (!jobs) return jobs;
  const std::span records{(*jobs)->job_array, (*jobs)->record_count};
  const auto found =
      std::ranges::find_if(records, [job](const slurm_job_info_t& one) { return job_id_of(one) == job; });
  if (found == records.end()) return failure(ErrorCode::not_found, "the job is gone");
  if (job_state(found->job_state) != state) return failure(ErrorCode::not_found, "it is in another state");
  std::swap(records.front(), *found);
  return jobs;
}

}  // namespace foreshape
