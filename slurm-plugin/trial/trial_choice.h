// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which waiting jobs backfill may start on trial.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <slurm/slurm.h>
#include <unordered_map>
#include <vector>

#include "predictor/base/job.h"
#include "slurm-plugin/trial/idle_capacity.h"

namespace foreshape {

/// What one choice goes by.
struct TrialLook {
  const job_info_msg_t& jobs;
  UnixSeconds now_s = 0;
  std::uint32_t overdue_points = 0;  ///< priority from which on jobs reserve nodes
  UnixSeconds passed_over_s = 0;     ///< so long backfill must have had the job before it, and room for it
  /// Whether its user's jobs may be tried now.
  std::function<bool(const slurm_job_info_t&)> may_try;
};

class TrialChoice {
 public:
  /// Two calls of Slurm each, of some milliseconds; the others are found at the next look.
  static constexpr std::size_t kMaxChosen = 5;
  /// A job that was chosen in vain waits so long before it is chosen again, and twice as long each time after.
  static constexpr UnixSeconds kPause_s = 600;

  /// The waiting jobs that could be tried, in the order of the queue. Pointers into look.jobs.
  static std::vector<const slurm_job_info_t*> candidates(const TrialLook& look);

  /// Of these the first for which there has been room for passed_over_s.
  std::vector<const slurm_job_info_t*> due(const TrialLook& look,
                                           const std::vector<const slurm_job_info_t*>& candidates,
                                           IdleCapacity room);

  /// There are no candidates any more.
  void forget() { room_since_s_.clear(); }

  /// Some could be tried, at the last look.
  bool has_candidates() const { return !room_since_s_.empty(); }

  /// Backfill has not started it.
  void in_vain(JobId job, UnixSeconds now_s);

 private:
  struct Pause {
    UnixSeconds until_s = 0;
    UnixSeconds next_s = kPause_s;  // how long the one after it will be
  };
  void forget_pauses(const job_info_msg_t& jobs);

  std::unordered_map<JobId, UnixSeconds> room_since_s_;  // of the last look's candidates; 0: there is none
  std::unordered_map<JobId, Pause> pauses_;              // of waiting jobs
};

}  // namespace foreshape
