// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who has which jobs in the queue or running at this moment of a replay: what a model is shown beside the past.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "predictor/model/features/live_job.h"
#include "replay/workload.h"

namespace foreshape {

class LiveJobs {
 public:
  /// load: must outlive it.
  explicit LiveJobs(const Workload& load)
      : load_(load), of_user_(load.users), start_s_(load.jobs.size(), 0) {}

  void submitted(JobIndex job) { of_user_[load_.jobs[job].user].push_back(job); }
  void started(JobIndex job, std::int64_t now) { start_s_[job] = now; }
  void requeued(JobIndex job) { start_s_[job] = 0; }
  void ended(JobIndex job) { std::erase(of_user_[load_.jobs[job].user], job); }

  /// The user's newest jobs that were submitted before that one, as many as fit; what starts in this very second still
  /// waits. Returns how many.
  std::size_t of(std::uint32_t user, JobIndex before, std::int64_t now, std::span<LiveJob> out) const;

 private:
  const Workload& load_;
  std::vector<std::vector<JobIndex>> of_user_;  // in the order of submissions
  std::vector<std::int64_t> start_s_;           // by job; 0 = it waits
};

}  // namespace foreshape
