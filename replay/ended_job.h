// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A job that has run to its end in a replay, as the plugin's own store keeps it.
//
// Runs in: offline.
// Threads: pure function.

#include "predictor/profile/past_job.h"
#include "replay/workload.h"

namespace foreshape {

/// Its number is its index, not the trace's, which may not be unique: the store keeps one outcome of each.
inline PastJob ended_job(const Workload& load, JobIndex job, std::int64_t start_s, std::int64_t end_s) {
  JobUsage used;
  used.start_s = start_s;
  used.end_s = end_s;
  used.run_s = end_s - start_s;
  used.state = load.jobs[job].state;
  return past_job(job + 1, load.jobs[job].request, used);
}

}  // namespace foreshape
