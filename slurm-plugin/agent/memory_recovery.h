// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which jobs that were submitted with less memory than requested get their request back: once killed, for
// they are queued again; whenever they wait for a second run; and all that wait where Memory is enforced no
// more.
//
// All that is needed is in the job's own record, so it does not matter which slurmctld died when.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <cstddef>
#include <cstdint>
#include <slurm/slurm.h>
#include <string>
#include <unordered_set>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/base/memory_mark.h"

namespace foreshape {

/// One job to be helped; the steps are tried in this order.
struct MemoryStep {
  JobId job = 0;
  std::string shown_id;
  UserId uid = 0;
  MemoryMark mark;
  bool requeue = false;       ///< it has ended: queue it again, held
  bool was_killed = false;    ///< else it only waits
  bool release = false;       ///< the hold on it is ours
  std::string had_comment;    ///< its admin comment, the whole of it
  std::string admin_comment;  ///< the one that says so
};

class MemoryRecovery {
 public:
  /// Jobs of one pass; each costs two calls of some milliseconds. The others are found at the next.
  static constexpr std::size_t kMaxSteps = 50;

  /// Killed jobs are queued again if they never were before, whoever did it: once. gives_back: Memory is
  /// enforced nowhere, or Foreshape is off.
  std::vector<MemoryStep> due(const job_info_msg_t& jobs, bool gives_back);

  /// Queued again and held by us: until done() it is released with its memory given back, at a later pass
  /// too.
  void requeued(JobId job) { held_.insert(job); }
  void done(JobId job) { held_.erase(job); }

  /// A job of the last list was killed too short a time ago.
  bool wants_look() const { return is_unsettled_; }

 private:
  bool is_ours_held(const slurm_job_info_t& job) const;

  bool is_first_ = true;
  bool is_unsettled_ = false;
  std::unordered_set<JobId> held_;
};

}  // namespace foreshape
