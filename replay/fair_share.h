// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Fair-share during a replay: whose jobs are favoured now, by what ran before.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <vector>

#include "replay/decayed_usage.h"
#include "replay/fair_share_factor.h"
#include "replay/policy.h"
#include "replay/workload.h"

namespace foreshape {

/// Factors as Slurm computes them anew every PriorityCalcPeriod. They know what has run until then and
/// nothing else: an association is known from its first submission on, since a trace does not say who had an
/// account and did not use it.
class FairShare {
  struct Numbering {
    std::vector<std::uint32_t> association_of_job;
    std::vector<std::uint32_t> account_of_association;
  };

 public:
  FairShare(const Workload& load, const FairSharePolicy& policy);

  void submitted(JobIndex job);
  void started(JobIndex job, std::int64_t now_s);
  void ended(JobIndex job, std::int64_t now_s);

  /// Computes the factors if it is time, or if somebody new has come. True if they may have changed.
  bool renew(std::int64_t now_s);

  /// Points of the job at the last renewal, in seconds of waiting: 0 to FairSharePolicy::weight_s.
  double worth_s(JobIndex job) const { return policy_.weight_s * factors_[association_of_[job]]; }

 private:
  FairShare(const Workload& load, const FairSharePolicy& policy, Numbering numbers);
  /// Associations and accounts in order of their first submissions.
  static Numbering numbered(const Workload& load, bool by_account);

  const Workload& load_;
  const FairSharePolicy& policy_;
  std::vector<std::uint32_t> association_of_;  // by job
  std::vector<std::uint32_t> account_of_;      // by association
  std::vector<Association> associations_;      // those known, usage at the last renewal
  DecayedUsage usage_;
  std::vector<double> factors_;  // by association
  std::int64_t period_ = -1;     // the last renewal's
};

}  // namespace foreshape
