// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// From a job and its user's past to the numbers that the network reads: one definition for training and
// serving.
//
// Runs in: slurmctld and offline. No allocation, no I/O, no libm but sin and cos: microseconds.
// Threads: pure functions.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/baseline/candidates.h"
#include "predictor/model/features/feature_names.h"
#include "predictor/model/features/live_job.h"

namespace foreshape {

/// Candidates that the network weighs, at most. K in formulas.
inline constexpr std::size_t kPointed = 48;

/// The newest so many of the user's finished jobs are always candidates; older ones only if they are like
/// the job.
inline constexpr std::size_t kNewest = 32;

/// Nothing bounds this resource. In logarithms: beyond every value.
inline constexpr float kNoBound = 80.0F;

/// What is known when a job is submitted.
struct JobMoment {
  const JobRequest& job;
  const Candidates& candidates;   ///< gather(job, profiles)
  const Prediction& kernel;       ///< predict_kernel(job, candidates)
  std::span<const LiveJob> live;  ///< the user's waiting and running jobs, newest submission first
};

/// The caller's workspace; 9 KB, trivially copyable. Row-major; values are natural logarithms of seconds,
/// bytes or shares.
struct ModelInput {
  std::array<float, kJobFeatures> job;
  std::array<TextHash, kIdentities> identities;
  std::uint32_t candidates;                               ///< how many of the rows below are set
  std::array<float, kPointed * kPairFeatures> pairs;      ///< (K, P)
  std::array<float, kPointed * kResources> values;        ///< (K, R) log of what the candidate used
  std::array<std::uint8_t, kPointed * kResources> known;  ///< (K, R) 1 where values says something
  std::array<float, kResources> bound;                    ///< (R) log of the request; kNoBound = none
  std::array<float, kResources> reference;                ///< (R) what the network's bins are relative to

  TextHash identity(Identity i) const { return identities[static_cast<std::size_t>(i)]; }
  float operator[](JobFeature f) const { return job[static_cast<std::size_t>(f)]; }
  float pair(std::size_t k, PairFeature f) const {
    return pairs[k * kPairFeatures + static_cast<std::size_t>(f)];
  }
};

/// Fills all of out, but for the rows past out.candidates. The same history gives the same bits, whichever
/// way it came (snapshot, outcomes, a trace).
void compute_features(const JobMoment& moment, ModelInput& out);

/// How many jobs' worth of evidence this job's outcome is, for whatever learns from it: 1, or as much less as
/// its user had submitted more than four in the ten minutes before. Jobs of a burst end alike, and thousands
/// of them are not to outweigh all others.
float evidence_of(const ModelInput& input);

/// What the job used, as the network learns it. Absent = no evidence.
struct Target {
  std::array<float, kResources> value;        ///< natural logarithms
  std::array<std::uint8_t, kResources> known; /**< 0 no evidence, 1 measured, 2 at least so much */
};
inline constexpr std::uint8_t kUnknown = 0, kMeasured = 1, kAtLeast = 2;

/// How many of the user's finished jobs are the same work as this one: of its name or script; of its limit and
/// cpus where it says neither. As far as the profile goes back.
float precedents_of(const ModelInput& input);

/// The outcome of a finished job for training.
///
/// A job that used up its limit (TIMEOUT or not) says only that it needs at least so much, as does one out
/// of memory. Nodes failed, preempted, requeued: no evidence. Cancelled: the run time as it is, as it says
/// how long nodes were taken and users cancel by habit; no evidence of the rest.
Target target_of(const PastJob& finished);

}  // namespace foreshape
