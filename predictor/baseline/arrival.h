// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// When a user submits next, and what: from the gaps between earlier submissions and the last shape.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: pure functions.

#include <cstdint>
#include <span>

#include "predictor/base/clock.h"
#include "predictor/profile/past_job.h"
#include "predictor/profile/profile_store.h"

namespace foreshape {

struct Arrival {
  double probability = 0;  ///< of at least one submission within the window
  std::uint32_t gaps = 0;  ///< evidence: how many gaps were weighed
  Submission shape;        ///< of the last submission; predicted_run_s is filled in where it can be
};

/// Gaps weighed, at most; the newest of so many submissions.
inline constexpr std::size_t kMaxGaps = 128;

/// P(next submission within window_s from now_s | none since the last one). Submissions within a second of
/// each other are one event. submissions and jobs are newest first (as in UserActivity); a job that is in
/// both counts once. What lies after now_s is not looked at. Without any submission: probability 0.
///
/// Decayed empirical distribution of the gaps, each blurred to .8, 1, 1.25 and 2 times its length with
/// weights .2, .4, .25, .15, conditional on the silence s so far:
///
///   P = (sum_i w_i [s < g_i <= s + window] + w_0 p_0) / (sum_i w_i [g_i > s] + w_0)
///
/// w_i = 2^(-i / 20) for the i-th newest gap; p_0 = 1 - ((s + 60) / (s + 60 + window))^(1/4) is the prior,
/// which decides where the user has never been silent for so long; w_0 = 2. Source: ours. The decayed gap
/// distribution is the simple predictor to beat; the prior's heavy tail (Lomax) fits human gaps:
/// Barabasi, "The origin of bursts and heavy tails in human dynamics", Nature 435, 2005. Its shape and weight
/// are those that calibrate best on two public logs.
///
/// The shape is the last one's, completed.
Arrival next_arrival(std::span<const Submission> submissions, std::span<const PastJob> jobs,
                     UnixSeconds now_s, std::int64_t window_s);

/// The shape as the next job's. Its cpus: those that Slurm gave to the last such job, where they are more
/// than was requested. Its run time: what was predicted at that submission; else the median of the user's newest
/// jobs of that name (else of all); else its limit; 0 = nothing is known. jobs: the user's, newest first.
Submission completed_shape(Submission shape, std::span<const PastJob> jobs);

/// What a finished job had requested.
Submission submission_of(const PastJob& job);

}  // namespace foreshape
