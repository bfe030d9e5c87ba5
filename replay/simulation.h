// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The exact discrete-event simulation of a workload on a machine under a policy.
//
// Runs in: offline.
// Threads: simulate() may run on several threads at once over one shared Workload.

#include <cstdint>
#include <functional>
#include <vector>

#include "replay/cluster.h"
#include "replay/estimator.h"
#include "replay/hold_outcome.h"
#include "replay/policy.h"
#include "replay/trials.h"
#include "replay/workload.h"

namespace foreshape {

/// What came of every job, by JobIndex.
struct Schedule {
  std::vector<std::int64_t> start_s;
  std::vector<std::int64_t> end_s;
  std::vector<Estimate> estimates;    ///< at submission
  std::vector<Placement> placements;  ///< where; empty unless the machine has nodes
  std::vector<TrialRun> trials;       ///< in the order of their starts
  HoldOutcome holds;                  ///< where the policy holds processors
  std::uint64_t events = 0;           ///< submissions, ends, corrections, trials' ends and periodic passes
  std::uint64_t corrections = 0;
};

/// Told now and then how many jobs have started; may be empty.
using SimulationProgress = std::function<void(std::uint64_t started)>;

/// Runs the workload to its last end. Deterministic.
///
/// At equal times: corrections of overrun plans, then submissions, then ends, then trials that are over, then the
/// planner of holds;
/// submissions in file order, ends in the order of starts; one pass after each single submission, end or
/// requeue, none after a correction.
/// Processors free "now" include those of a job whose planned end is now although its end is still to be
/// handled. Source: the conventions of SC'15's runs, which this reproduces job by job.
Schedule simulate(const Workload& load, const SchedulingPolicy& policy,
                  const SimulationProgress& progress = {});

}  // namespace foreshape
