// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// All jobs that are foreseen: next submissions, and those that follow a running job.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "slurm-plugin/hold/chain_forecasts.h"
#include "slurm-plugin/hold/hold_assigner.h"
#include "slurm-plugin/hold/hold_ledger.h"
#include "slurm-plugin/hold/job_forecasts.h"
#include "slurm-plugin/hold/submission_forecasts.h"
#include "slurm-plugin/hold/user_numbers.h"

namespace foreshape {

/// What the forecasts rest on beside Slurm's own lists.
struct NextJobSources {
  JobForecasts& jobs;
  UserNumbers& users;
  const HoldLedger& ledger;
  const HoldAssigner& assigner;
  SlurmControl& control;
};

class NextJobs {
 public:
  /// state must outlive it.
  explicit NextJobs(RuntimeState& state)
      : clock_(state.clock), submissions_(state), chains_(state.profiles) {}

  std::vector<ForeseenJob> foresee(const SeenSlurm& seen, const ResourcePool& pool, const Policy& policy,
                                   const NextJobSources& from);

  const ForecastFigures& figures() const { return submissions_.figures(); }
  void forget_times() { submissions_.forget_times(); }

 private:
  using NameOf = std::function<std::optional<std::string>(UserId)>;
  /// Names by number of the users who may have personal holds.
  NameOf served_names(const HoldPolicy& policy, const NextJobSources& from) const;

  const Clock& clock_;
  SubmissionForecasts submissions_;
  ChainForecasts chains_;
};

}  // namespace foreshape
