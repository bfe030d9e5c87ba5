// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The best simple predictor known to us: a weighted vote of the user's last jobs, most alike and newest
// first.
//
// Runs in: slurmctld and offline. No allocation, no I/O, no libm but sqrt: microseconds.
// Threads: pure function.

#include <array>
#include <cstdint>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/baseline/candidates.h"
#include "predictor/baseline/weighted_values.h"

namespace foreshape {

/// Predicts all five resources from the candidates.
///
/// A candidate's log-weight:
///   -rank / 25  + 2 [same time limit] + 0.7 [same cpus] + 1.5 [same name or script] + 0.5 [same partition]
///   + 1 [submitted within 10 minutes of this job] - 4 |d log limit| - 1 |d log cpus|  - 2 [another user's]
/// to which come
/// - a floor: 0.2 of all weight is spread evenly, since what a user does in general is evidence too;
/// - for run time and memory a prior: the share of their request that jobs of everybody use, as 0.1 of the
///   weight plus one candidate of average weight (so that it tells most where few candidates do).
///
/// typical      the candidate x that maximises sum w exp(-|log x - log c|), the expected min(x, c) / max(x,
/// c) quantiles    of the weighted values mean         of the weighted candidates alone, without floor and
/// prior A run time is scaled by sqrt(limit / candidate's limit), and nothing is ever above this job's
/// request. jobs         how many candidates had it measured; without any, how many jobs the prior has seen
///
/// What was cut off (bounds, not measurements): a job that used up its limit stands for "all of the limit",
/// one out of memory for "all of the memory". Left out: of nodes failed, preempted and requeued jobs all
/// (they were cut off by others, at any point); of cancelled ones memory, cpu and I/O (but not run time: it
/// is how long the nodes were taken, and users cancel by habit).
///
/// Source: ours; weights found on public logs, where they hardly matter (docs/experiments/2026-11-kernel.md).
Prediction predict_kernel(const JobRequest& job, const Candidates& candidates);

/// What was weighed, by resource: the sample that each forecast is of, sorted. 8 KB, meant for the stack.
using KernelVotes = std::array<WeightedValues, kResources>;

/// The same; overwrites votes.
Prediction predict_kernel(const JobRequest& job, const Candidates& candidates, KernelVotes& votes);

/// How much like one job past ones are: exp of the log-weight above without the rank. What is asked of the
/// job is looked up once for all of them.
class KernelWeight {
 public:
  explicit KernelWeight(const JobRequest& job);
  /// > 0
  float operator()(const PastJob& past) const;

 private:
  float limit_, cpus_;
  std::uint32_t requested_limit_s_, requested_cpus_;
  TextHash name_, script_, partition_;
  std::uint32_t burst_s_;  ///< submitted at or after: the same burst
  UserId uid_;
};

}  // namespace foreshape
