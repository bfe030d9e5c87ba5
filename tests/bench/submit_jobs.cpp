// SPDX-License-Identifier: GPL-2.0-or-later
// Submits small batch jobs one after another through slurm_submit_batch_job and says how long it took.
// Usage: submit_jobs COUNT UID [NAMES]   (SLURM_CONF names the cluster; run as root or SlurmUser)
// Prints one line: <jobs> <seconds> <jobs per second>.  tests/bench/submission_rate.py drives it.
//
// Jobs go to users UID ... UID+NAMES-1 in turn so that a predictor meets different histories.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include "slurm-plugin/slurm/slurm_release.h"
#include "tests/bench/small_job.h"

namespace {

bool submit(int number, uid_t uid) {
  if (foreshape::submit_small_job(number, uid, 60) != 0) return true;
  std::fprintf(stderr, "submit_jobs: error: job %d: %s\n", number,
               slurm_strerror(foreshape::last_slurm_error()));
  return false;
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
