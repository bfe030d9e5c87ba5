// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Jobs as Slurm lists them, for what is decided of trials.
//
// Runs in: offline.

#include <cstring>
#include <slurm/slurm.h>
#include <string>
#include <vector>

#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape::test {

inline constexpr std::uint32_t kOwnLimit_min = 60, kTrialLimit_min = 4;

inline char tagged[] = "foreshape=0000000000000abc";
inline char triable[] = "foreshape=0000000000000abc foreshape_trial:possible";
inline char on_trial[] = "foreshape=0000000000000abc foreshape_trial:60m,since:1764300000";
inline char main_partition[] = "main";

inline slurm_job_info_t listed_job(std::uint32_t id, std::uint32_t state) {
  slurm_job_info_t job;
  std::memset(&job, 0, sizeof job);
  job_id_of(job) = id;
  job.user_id = 1021;
  job.job_state = state;
  job.batch_flag = 1;
  job.requeue = 1;
  job.priority = 100;
  job.num_nodes = 1;
  job.num_cpus = 4;
  job.time_limit = kOwnLimit_min;
  job.admin_comment = triable;
  job.partition = main_partition;
  job.state_reason = WAIT_PRIORITY;
  return job;
}

/// A job that was given a trial's limit and started with it.
inline slurm_job_info_t job_on_trial(std::uint32_t id, std::uint32_t state, time_t start_s) {
  slurm_job_info_t job = listed_job(id, state);
  job.admin_comment = on_trial;
  job.time_limit = kTrialLimit_min;
  job.start_time = start_s;
  return job;
}

/// Borrows the jobs.
inline job_info_msg_t list_of(std::vector<slurm_job_info_t>& jobs, time_t now_s) {
  job_info_msg_t list;
  std::memset(&list, 0, sizeof list);
  list.last_update = now_s;
  list.record_count = static_cast<std::uint32_t>(jobs.size());
  list.job_array = jobs.data();
  return list;
}

}  // namespace foreshape::test
