// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/job_trial.h"

#include "slurm-plugin/slurm/rpc/job_now.h"
#include "slurm-plugin/slurm/rpc/job_requeue.h"
#include "slurm-plugin/slurm/rpc/slurm_answer.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

Result<void> stands_as_before(const TrialChange& change) {
  const auto jobs = job_now(change.job, change.had_state);
  if (!jobs) return tl::make_unexpected(jobs.error());
  const slurm_job_info_t& job = (*jobs)->job_array[0];
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
  if (change.may_start_at_once) let_start_at_once(message);
  return told("slurm_update_job", [&] { return slurm_update_job(&message); });
}

}  // namespace foreshape
