// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Jobs that were queued again and that Slurm does not let go. A job that had ended before its slurmctld was
// started, or reconfigured, is left COMPLETING by 24.11 when anybody queues it again: it holds no node, but
// never starts and can't be cancelled until the next start. 22.05 and 26.05 do not do that; those in between
// were not tried. So it is told by what is seen, not by the release. Nothing that a plugin may call mends it.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <cstdint>
#include <slurm/slurm.h>
#include <string>
#include <unordered_map>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/job.h"

namespace foreshape {

/// What is said of a job that stays COMPLETING: the cause and the way out.
std::string stuck_text(JobId job);

class RequeueWatch {
 public:
  /// A job is only queued again after its nodes had it cleaned up: then there is nothing to wait for.
  static constexpr std::int64_t kPatienceSeconds = 60;

  void queued_again(JobId job, UnixSeconds now_s) { since_s_.try_emplace(job, now_s); }

  /// Those that have been COMPLETING ever since, for kPatienceSeconds; each of them once.
  std::vector<JobId> stuck(const job_info_msg_t& jobs, UnixSeconds now_s);

  /// Some are still COMPLETING, so no change of theirs will tell.
  bool wants_look() const { return !since_s_.empty(); }

 private:
  std::unordered_map<JobId, UnixSeconds> since_s_;
};

}  // namespace foreshape
