// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What job_submit and job_modify know of the holds: whose name is reserved for us, which jobs are on their
// way in, and that somebody came for whom it is worth looking before the next pass.
//
// Runs in: slurmctld.
// Threads: any. The lock is held for a walk over a few hundred numbers.

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string_view>
#include <vector>

#include "predictor/base/job.h"
#include "slurm-plugin/slurm/job_key.h"

namespace foreshape {

inline constexpr std::string_view kHoldPrefix = "foreshape_";

/// "foreshape_<...>_<number>" or "foreshape_<number>": what our reservations, and no others, are called.
bool is_hold_name(std::string_view reservation);

/// True if a list of reservations, as users write it, has one of ours. Looks at no more than kMaxListBytes.
bool names_a_hold(std::string_view reservations);
inline constexpr std::size_t kMaxListBytes = 4096;

class HoldAdmission {
 public:
  static constexpr std::size_t kMaxJobs = 1000;  ///< of each list; one with a SLUID counts as two

  /// What the agent's last pass left: whether there are holds with free nodes, for whom nodes of their own
  /// are held, and which jobs (by all that they can be named by) it has put into holds and has not seen
  /// started yet.
  void set(bool is_open, std::vector<UserId> served, std::vector<JobKey> on_their_way);

  /// This job is about to be put into a hold: is_on_its_way() until the next set() that does not name it.
  /// False: there are kMaxJobs already, and it must stay outside.
  [[nodiscard]] bool expect(JobKey job);

  bool is_open() const { return is_open_; }

  /// A job was submitted that a hold may serve: the agent looks soon, not at its next pass only. short_job:
  /// the pool may serve it; else it counts for users whom a hold of their own serves.
  void ask_for_look(UserId uid, bool short_job);
  /// True for the second after the last was asked for too: a job is in Slurm's list a little after its submission.
  bool look_is_due();

  /// The job has a place ahead of the queue that was found for its present size.
  bool is_on_its_way(JobKey job) const;

 private:
  std::atomic<bool> is_open_{false};
  std::atomic<int> looks_{0};
  mutable std::mutex mutex_;  // guards both lists
  std::vector<UserId> served_;
  std::vector<JobKey> on_their_way_;
};

}  // namespace foreshape
