// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Jobs that come at the end of one that runs: those that wait for it, and those that its user submits then.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "predictor/baseline/succession.h"
#include "predictor/plan/pre_allocation.h"
#include "predictor/plan/resource_pool.h"
#include "predictor/profile/profile_store.h"
#include "slurm-plugin/slurm/slurm_control.h"

namespace foreshape {

/// Whether this is the job for which the chain keeps its nodes: the one that waited for the end, or else one that
/// was submitted after it. Any other job of the user waits in the queue.
bool follows(const SeenJob& job, const ChainLink& chain);

/// What the forecasts can't see of jobs and users themselves.
struct ChainRules {
  double probability_min = 0.5;
  std::function<UnixSeconds(const SeenJob&)> expected_end_s;
  /// False: this user has no personal holds, and is not looked at further. Cheap.
  std::function<bool(UserId)> may_be_served;
  /// nullopt: this user has no personal holds. Asked only for chains that are sure enough.
  std::function<std::optional<std::string>(UserId)> name_of;
  /// Empty: nothing is held in that partition.
  std::function<std::string(TextHash)> partition_of;
  /// Whether such a job would be let in, by its limit and its user's record.
  std::function<bool(const SeenJob&)> may_enter;
  /// The hold through which a running job came in; empty = through the queue.
  std::function<std::string(const SeenJob&)> hold_of;
};

class ChainForecasts {
 public:
  /// A dependent job starts within seconds of the end that it waits for.
  static constexpr std::int64_t kDependentWaitSeconds = 30;
  /// So many of a user's jobs are looked at, those first that end first.
  static constexpr std::size_t kMaxJobsOfUser = 20;

  /// profiles must outlive it.
  explicit ChainForecasts(const ProfileStore& profiles) : profiles_(profiles) {}

  /// One for each user at most: after the first of the user's running jobs to end, by its forecast, that another
  /// follows surely enough. Only jobs that have nodes for themselves are followed: who shares a node leaves none.
  std::vector<ForeseenJob> foresee(const SeenSlurm& seen, const ResourcePool& pool, const ChainRules& rules);

 private:
  struct Running;
  /// What follows this job, if that is known surely enough.
  std::optional<ForeseenJob> after(const SeenJob& job, const std::vector<const SeenJob*>& dependents,
                                   const ChainRules& rules, UnixSeconds now_s);
  std::optional<ForeseenJob> dependent(const SeenJob& job, const SeenJob& waiting, const ChainRules& rules);
  std::optional<ForeseenJob> resubmitted(const SeenJob& job, const ChainRules& rules, UnixSeconds now_s);
  /// Takes up the user's past, on which the three above rest.
  void look_at(UserId uid);
  const Succession& succession_of(TextHash name, UnixSeconds now_s);

  const ProfileStore& profiles_;
  // Of the user who is looked at.
  std::vector<PastJob> jobs_;
  std::vector<Submission> submissions_;
  std::map<TextHash, Succession> successions_;  // by name: many jobs have the same
};

}  // namespace foreshape
