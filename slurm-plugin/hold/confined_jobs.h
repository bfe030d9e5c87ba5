// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Jobs that can start on held nodes only: for these the holds give way within a stated time.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "predictor/plan/resource_pool.h"
#include "slurm-plugin/slurm/slurm_control.h"

namespace foreshape {

class ConfinedJobs {
 public:
  /// A job that only held nodes can serve waits for them no longer than this, and a pass.
  static constexpr std::int64_t kPatienceSeconds = 60;
  /// Followed at one time; more of them are seen once the first have started.
  static constexpr std::size_t kMaxJobs = 1000;
  /// Walks over the machine in one pass, and for one user's jobs: jobs that want the same share one, and
  /// those that no held node serves need none. Beyond that a job is seen once others have started.
  static constexpr std::size_t kMaxLooks = 1000, kMaxLooksOfUser = 50;

  /// The nodes that holds must not have from now on. What a job is owed stays so while it waits and
  /// these nodes are all that it lacks: else a hold would take it back before Slurm has looked.
  ///
  /// A job is confined if too few nodes are left for it beside those that are held: of its partitions, large
  /// enough, and as its node list, features and generic resources have it. Busy nodes count as left: they
  /// come back. And only if it could start now with all that is held: who waits for others' jobs to end as
  /// well, a job of the whole partition for one, does not switch holding off for as long. It may be so on and
  /// off: what is interrupted for less than kPatienceSeconds is one wait. Of a features text with more than
  /// names and "&" any name will do: rather once too often.
  std::set<std::string> update(const SeenSlurm& seen, const ResourcePool& pool);

 private:
  struct Wait {
    UnixSeconds since_s = 0, last_s = 0;  // first and last seen confined
    std::set<std::string> owed;
  };
  std::map<JobId, Wait> waits_;
};

}  // namespace foreshape
