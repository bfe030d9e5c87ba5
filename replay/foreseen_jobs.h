// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The jobs that are foreseen at a moment of a replay: by the plugin's own forecast, or by a peer.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <memory>
#include <vector>

#include "predictor/plan/hold_entry.h"
#include "predictor/plan/pre_allocation.h"
#include "replay/estimator.h"
#include "replay/policy.h"
#include "replay/workload.h"

namespace foreshape {

/// The one partition of a replay.
inline constexpr const char* kReplayPartition = "all";

/// What entering a hold depends on, of a job's estimate at its submission.
HoldRunTime hold_run_time(const Estimate& estimate);

/// Told of what happens as it happens, and, but for the clairvoyant one, never shown anything else.
class ForeseenJobs {
 public:
  virtual ~ForeseenJobs() = default;
  virtual void submitted(JobIndex job, const Estimate& estimate);
  virtual void started(JobIndex job, std::int64_t now);
  virtual void ended(JobIndex job, std::int64_t start_s, std::int64_t end_s);
  /// The jobs that will be submitted within rules.window_s; each of one processor a node.
  virtual std::vector<ForeseenJob> foresee(std::int64_t now) = 0;
};

/// load, policy: must outlive it. rules: as they are in force.
std::unique_ptr<ForeseenJobs> make_foreseen_jobs(const Workload& load, const SchedulingPolicy& policy,
                                                 const HoldPolicy& rules);

}  // namespace foreshape
