// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/job_memory.h"

#include <ctime>

#include "slurm-plugin/slurm/rpc/slurm_answer.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {

Result<void> requeue_held(JobId job) {
  return told("slurm_requeue", [&] { return slurm_requeue(job, JOB_REQUEUE_HOLD); });
}

Result<void> give_memory_back(const ReturnedMemory& returned) {
  std::string comment = returned.admin_comment;
  job_desc_msg_t message;
  slurm_init_job_desc_msg(&message);
  job_id_of(message) = returned.job;
  message.pn_min_memory = static_cast<std::uint64_t>(returned.mib);
  message.admin_comment = comment.data();
  if (returned.may_start_at_once) {
    message.begin_time = std::time(nullptr);
    message.priority = INFINITE;  // Slurm finds it anew, as scontrol release has it
  }
  return told("slurm_update_job", [&] { return slurm_update_job(&message); });
}

}  // namespace foreshape
