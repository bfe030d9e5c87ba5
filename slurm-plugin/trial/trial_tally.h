// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What became of trial starts, and whose are too many for a day or all in vain.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <cstdint>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "predictor/base/job.h"
#include "slurm-plugin/slurm/trial_job.h"

namespace foreshape {

/// Since the start of slurmctld.
struct TrialCounts {
  std::uint64_t started = 0;
  std::uint64_t ended = 0;  ///< within the trial's time
  double lost_core_h = 0;   ///< of those that were queued again
};

class TrialTally {
 public:
  /// A user who had so many in a day of which none has ended gets no more on that day.
  static constexpr std::uint32_t kInVain = 20;

  /// Each of them that runs on trial, or has ended so, counts once. On the first look those that began before it
  /// count for their users' day and for nothing else.
  void look(std::span<const OpenTrial> trials, UnixSeconds now_s);
  /// Queued again after that many core-seconds.
  void requeued(double core_s) { counts_.lost_core_h += core_s / 3'600; }

  bool may_try(UserId user, std::uint32_t user_day_max, UnixSeconds now_s) const;
  const TrialCounts& counts() const { return counts_; }

 private:
  struct UserDay {
    std::int64_t day = 0;
    std::uint32_t started = 0, ended = 0;
  };
  UserDay& today(UserId user, UnixSeconds now_s);

  bool is_first_ = true;
  TrialCounts counts_;
  std::unordered_set<JobId> started_, ended_;  // of the last list
  std::unordered_map<UserId, UserDay> days_;   // of users with trials today
};

}  // namespace foreshape
