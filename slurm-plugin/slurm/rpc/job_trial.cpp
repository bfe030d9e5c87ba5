// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/job_trial.h"

#include <ctime>

#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/rpc/slurm_answer.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

Result<void> stands_as_before(const TrialChange& change) {
  const auto jobs = loaded<job_info_msg_t, FreeJobs>(
      "slurm_load_job", [&](auto** out) { return slurm_load_job(out, CallJobId{change.job}, SHOW_ALL); });
  if (!jobs) return tl::make_unexpected(jobs.error());
  if ((*jobs)->record_count != 1) return failure(ErrorCode::not_found, "the job is gone");
  const slurm_job_info_t& job = (*jobs)->job_array[0];
  if (job_state(job.job_state) != change.had_state)
    return failure(ErrorCode::not_found, "its state is another");
  const bool is_same = job.time_limit == change.had_limit_min &&
                       bounded(job.admin_comment, kMaxScriptBytes) == change.had_comment;
  if (!is_same) return failure(ErrorCode::not_found, "it has been changed meanwhile");
  return {};
}

}  // namespace

Result<void> change_trial(const TrialChange& change) {
  if (auto same = stands_as_before(change); !same) return same;
  std::string comment = change.admin_comment;
  job_desc_msg_t message;
  slurm_init_job_desc_msg(&message);
  job_id_of(message) = change.job;
  message.admin_comment = comment.data();
  message.time_limit = change.limit_min.value_or(message.time_limit);
  message.time_min = change.least_min.value_or(message.time_min);
  message.site_factor = change.site_factor.value_or(message.site_factor);
  if (change.may_start_at_once) {
    message.begin_time = std::time(nullptr);
    message.priority = INFINITE;  // Slurm finds it anew, as scontrol release has it
  }
  return told("slurm_update_job", [&] { return slurm_update_job(&message); });
}

}  // namespace foreshape
