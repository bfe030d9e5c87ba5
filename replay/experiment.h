// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Many replays: policies x jittered submissions, on all cores, paired by seed.
//
// Runs in: offline.
// Threads: run_experiment makes its own threads and joins them.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "replay/metrics.h"
#include "replay/policy.h"
#include "replay/simulation.h"
#include "replay/workload.h"

namespace foreshape {

/// One replay and what came of it.
struct ReplayRun {
  std::string trace;
  std::string policy;
  std::string predictor;
  std::uint64_t seed = 0;  ///< of the jitter
  std::int64_t jitter_s = 0;
  Metrics metrics;
  Fairness fairness;  ///< against the first policy with the same seed
  HoldWaits before;   ///< of the jobs that holds let in and of all others: their waits under that policy
  std::uint64_t events = 0;
  double seconds = 0;  ///< processor time of the simulation alone
};

/// Sees a finished run's schedule before it is let go. run: its index in what run_experiment returns.
/// Called from several threads, one at a time.
using ScheduleObserver = std::function<void(std::size_t run, const Workload& load,
                                            const SchedulingPolicy& policy, const Schedule& schedule)>;

struct ExperimentOptions {
  std::int64_t jitter_s = 0;  ///< 0 = submissions as they are, one run
  std::uint32_t runs = 1;     ///< with seeds seed, seed + 1, ...
  std::uint64_t seed = 1;
  unsigned threads = 1;
  ScheduleObserver observe{};
};

/// How far it is: jobs started in all runs so far, of how many. Called from several threads, one at a time.
using ExperimentProgress = std::function<void(std::uint64_t started, std::uint64_t all)>;

/// Every policy on every seed: runs sorted by seed, then in the order of the policies.
std::vector<ReplayRun> run_experiment(const Workload& load, const std::vector<SchedulingPolicy>& policies,
                                      const ExperimentOptions& options,
                                      const ExperimentProgress& progress = {});

/// A policy's figure over the first policy's, paired by seed.
struct Ratio {
  double mean = 1;  ///< geometric
  double least = 1, most = 1;
};

struct Comparison {
  std::string trace, policy, predictor;
  std::string against_policy, against_predictor;
  std::uint32_t runs = 0;
  Ratio avebsld, gmbsld, rmsbsld, maxbsld, mean_wait;
  double short_started_gain = 0;  ///< mean difference of shares
};

/// What run_experiment returned for one trace, compared with its first policy.
std::vector<Comparison> compare_with_first(const std::vector<ReplayRun>& runs);

}  // namespace foreshape
