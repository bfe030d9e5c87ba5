// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/job_memory.h"

#include "slurm-plugin/slurm/rpc/job_now.h"
#include "slurm-plugin/slurm/rpc/job_requeue.h"
#include "slurm-plugin/slurm/rpc/slurm_answer.h"
#include "slurm-plugin/slurm/shaped_job.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

Result<void> is_as_it_was(const NewMemory& given) {
  const auto jobs = job_now(given.job, JobState::pending);
  if (!jobs) return tl::make_unexpected(jobs.error());
  const slurm_job_info_t& job = (*jobs)->job_array[0];
  const bool is_same = job.pn_min_memory == memory_field(given.had_mib, given.cpus) &&
                       bounded(job.admin_comment, kMaxScriptBytes) == given.had_comment;
  if (!is_same) return failure(ErrorCode::not_found, "it has been changed meanwhile");
  return {};
}

}  // namespace

Result<void> give_memory(const NewMemory& given) {
  if (auto same = is_as_it_was(given); !same) return same;
  std::string comment = given.admin_comment;
  job_desc_msg_t message;
  slurm_init_job_desc_msg(&message);
  job_id_of(message) = given.job;
  message.pn_min_memory = memory_field(given.mib, given.cpus);
  message.admin_comment = comment.data();
  if (given.may_start_at_once) let_start_at_once(message);
  return told("slurm_update_job", [&] { return slurm_update_job(&message); });
}

}  // namespace foreshape
