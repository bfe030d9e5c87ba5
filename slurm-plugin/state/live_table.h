// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Everybody's waiting and running jobs as they were at the agent's last look at Slurm's job list.
//
// Runs in: slurmctld.
// Threads: immutable once made: from any.

#include <cstddef>
#include <slurm/slurm.h>
#include <span>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/model/features/live_job.h"
#include "predictor/profile/profile_store.h"

namespace foreshape {

class LiveTable {
 public:
  LiveTable() = default;  ///< no look yet: nothing is known

  /// Of each user the newest kMaxLiveJobs that were submitted before the second of the look: what was
  /// submitted in it may be in the list or not, and is taken from the profile store.
  explicit LiveTable(const job_info_msg_t& jobs);

  /// The user's jobs, newest submission first: those submitted since the look (which wait, as far as is
  /// known), then those of the look; as many as fit. No allocation.
  std::size_t jobs_of(UserId uid, const ProfileStore& profiles, std::span<LiveJob> out) const;

  std::size_t size() const { return jobs_.size(); }

 private:
  struct OfUser {
    UserId uid;
    LiveJob job;
  };
  UnixSeconds looked_s_ = 0;
  std::vector<OfUser> jobs_;  // by uid, then newest submission first
};

}  // namespace foreshape
