// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A small batch job through slurm_submit_batch_job: what the programs here submit many of.

#include <cstdint>
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>
#include <string>

#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {

/// The job's number; 0 where Slurm refuses it, with its reason as the thread's last error.
inline std::uint32_t submit_small_job(int number, uid_t uid, std::uint32_t minutes) {
  static char path_variable[] = "PATH=/usr/bin:/bin";
  static char script[] =
      "#!/bin/sh\n# A script of the usual length.\nmodule load something 2>/dev/null\nexec true\n";
  static char work_dir[] = "/tmp";
  static char nothing[] = "/dev/null";
  job_desc_msg_t job;
  slurm_init_job_desc_msg(&job);
  char* environment[] = {path_variable, nullptr};
  std::string name = "relax_" + std::to_string(number);
  job.name = name.data();
  job.script = script;
  job.work_dir = work_dir;
  job.std_out = nothing;
  job.std_err = nothing;
  job.environment = environment;
  job.env_size = 1;
  job.user_id = uid;
  job.group_id = uid;
  job.min_cpus = 1;
  job.time_limit = minutes;
  submit_response_msg_t* response = nullptr;
  if (slurm_submit_batch_job(&job, &response) != SLURM_SUCCESS) return 0;
  const std::uint32_t id = job_id_of(*response);
  slurm_free_submit_response_response_msg(response);
  return id;
}

}  // namespace foreshape
