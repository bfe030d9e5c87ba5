// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Trial starts: which waiting jobs may be tried, and what came of those that were.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <vector>

#include "replay/cluster.h"
#include "replay/policy.h"
#include "replay/workload.h"

namespace foreshape {

enum class TrialOutcome : std::uint8_t {
  ended,     ///< within TrialPolicy::length_s: it has run
  ran_on,    ///< nobody's planned start was in its way any more
  requeued,  ///< waited on, as if nothing had happened
};

struct TrialRun {
  JobIndex job = 0;
  std::int64_t start_s = 0;
  std::int64_t held_s = 0;  ///< requeued: how long it had its processors, the start's cost included
  TrialOutcome outcome = TrialOutcome::ended;
  Placement placement;  ///< requeued: where, if there are nodes
};

/// A record of all trials. Whether a job may be tried depends on what was known before that moment: its
/// request, its prediction, and its user's trials so far.
class Trials {
 public:
  /// load, policy: must outlive it.
  Trials(const Workload& load, const TrialPolicy& policy);

  /// Once in a job's life, with its user's consent and within the user's share of the day; not a job that may
  /// not run twice, as far as a log tells, nor one with less than TrialPolicy::chance_min.
  /// chance: of running less than kShortRun.
  bool may_try(JobIndex job, double chance, std::int64_t now_s) const;
  /// How long the processors are taken by a job that must be requeued.
  std::int64_t hold_s() const { return policy_.length_s + policy_.start_cost_s; }
  std::int64_t length_s() const { return policy_.length_s; }
  std::int64_t start_cost_s() const { return policy_.start_cost_s; }

  /// A trial began; unless one of the others below is called, the job ended within it.
  void started(JobIndex job, std::int64_t now_s);
  void ran_on(JobIndex job) { run_of(job).outcome = TrialOutcome::ran_on; }
  void requeued(JobIndex job, std::int64_t now_s, Placement placement);

  /// In the order of their starts.
  const std::vector<TrialRun>& runs() const { return runs_; }

 private:
  struct UserDay {
    std::int64_t day = INT64_MIN;
    std::uint32_t trials = 0;
  };

  TrialRun& run_of(JobIndex job) { return runs_[number_[job] - 1]; }
  bool consents(std::uint32_t user) const;

  const Workload& load_;
  const TrialPolicy& policy_;
  std::vector<TrialRun> runs_;
  std::vector<std::uint32_t> number_;  // by job: its place in runs_, counted from 1; 0 = not tried
  std::vector<UserDay> days_;          // by user: the last day with trials
};

}  // namespace foreshape
