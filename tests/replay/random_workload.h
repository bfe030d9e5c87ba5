// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Small random workloads with many ties: equal submissions, ends at submissions, plans that end together.
//
// Runs in: offline.
// Threads: pure functions.

#include <algorithm>
#include <random>

#include "replay/workload.h"

namespace foreshape {

inline Workload random_workload(std::mt19937& random) {
  const auto pick = [&](int least, int most) -> int {
    return least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1));
  };
  Workload load;
  load.trace = "random";
  load.procs = pick(1, 16);
  load.users = 3;
  const int jobs = pick(1, 60);
  const int stretch = pick(1, 40);  // how crowded the machine is
  const std::int64_t unit = pick(0, 3) == 0 ? 600 : 1;
  std::int64_t submit = 0;
  for (int i = 0; i < jobs; ++i) {
    ReplayJob job;
    if (pick(0, 2) > 0) submit += pick(0, stretch) * unit;
    job.submit_s = submit;
    job.limit_s = pick(1, 30) * unit;
    job.run_s = pick(0, 3) == 0 ? job.limit_s : pick(1, static_cast<int>(job.limit_s));
    job.procs = pick(0, 2) == 0 ? pick(1, load.procs) : pick(1, std::max(1, load.procs / 3));
    job.user = static_cast<std::uint32_t>(pick(0, 2));
    job.id = static_cast<JobId>(i + 1);
    job.request.submit_s = submit;
    job.request.uid = job.user;
    job.request.cpus = static_cast<std::uint32_t>(job.procs);
    job.request.limit_s = job.limit_s;
    job.state = JobState::completed;
    load.jobs.push_back(job);
  }
  return load;
}

/// The same kind of workload on a few shared nodes with memory; every job fits on the empty machine.
inline Workload random_node_workload(std::mt19937& random) {
  const auto pick = [&](int least, int most) -> int {
    return least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1));
  };
  Workload load = random_workload(random);
  load.cluster = {pick(1, 5), pick(1, 4), pick(0, 2) == 0 ? 0 : pick(2, 12)};
  load.procs = load.cluster.nodes * load.cluster.cores_per_node;
  const FreeNodes empty{load.cluster};
  for (ReplayJob& job : load.jobs) {
    job.procs = std::min(job.procs, load.procs);
    job.demand = {job.procs, 0, 0};
    NodeDemand wanted = job.demand;
    if (pick(0, 2) == 0) wanted.nodes = pick(1, std::min(load.cluster.nodes, job.procs));
    if (load.cluster.memory_per_node > 0) wanted.memory_per_core = pick(0, 5);
    if (empty.fits(wanted)) job.demand = wanted;
    job.request.cpus = static_cast<std::uint32_t>(job.procs);
  }
  return load;
}

}  // namespace foreshape
