// Submits small batch jobs one after another through slurm_submit_batch_job and says how long it took.
// Usage: submit_jobs COUNT UID [NAMES]   (SLURM_CONF names the cluster; run as root or SlurmUser)
// Prints one line: <jobs> <seconds> <jobs per second>.  tests/bench/submission_rate.py drives it.
//
// Jobs go to users UID ... UID+NAMES-1 in turn so that a predictor meets different histories.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>
#include <string>

#include "slurm-plugin/slurm_release.h"

namespace {

char path_variable[] = "PATH=/usr/bin:/bin";
char script[] = "#!/bin/sh\n# A script of the usual length.\nmodule load something 2>/dev/null\nexec true\n";
char folder[] = "/tmp";
char nothing[] = "/dev/null";

bool submit(int number, uid_t uid) {
  job_desc_msg_t job;
  slurm_init_job_desc_msg(&job);
  char* environment[] = {path_variable, nullptr};
  std::string name = "relax_" + std::to_string(number);
  job.name = name.data();
  job.script = script;
  job.work_dir = folder;
  job.std_out = nothing;
  job.std_err = nothing;
  job.environment = environment;
  job.env_size = 1;
  job.user_id = uid;
  job.group_id = uid;
  job.min_cpus = 1;
  job.time_limit = 60;
  submit_response_msg_t* response = nullptr;
  if (slurm_submit_batch_job(&job, &response) != SLURM_SUCCESS) {
    std::fprintf(stderr, "submit_jobs: error: job %d: %s\n", number,
                 slurm_strerror(foreshape::last_slurm_error()));
    return false;
  }
  slurm_free_submit_response_response_msg(response);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: submit_jobs COUNT UID [NAMES]\n");
    return 2;
  }
  const int count = static_cast<int>(std::strtol(argv[1], nullptr, 10));
  const auto uid = static_cast<uid_t>(std::strtoul(argv[2], nullptr, 10));
  const int users = argc > 3 ? static_cast<int>(std::strtol(argv[3], nullptr, 10)) : 1;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i)
    if (!submit(i, uid + static_cast<uid_t>(i % users))) return 1;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%d %.6f %.1f\n", count, took.count(), count / took.count());
  return 0;
}
