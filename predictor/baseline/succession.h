// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether a user submits again as soon as a job has ended, and what.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: pure functions.

#include <cstdint>
#include <span>

#include "predictor/base/clock.h"
#include "predictor/profile/past_job.h"
#include "predictor/profile/profile_store.h"

namespace foreshape {

struct Succession {
  double probability = 0;   ///< of a submission within kSuccessionSeconds of the end
  std::uint32_t ends = 0;   ///< evidence: how many ends were weighed
  std::int64_t wait_s = 0;  ///< how long to wait for it: a little longer than it ever took
  Submission shape;         ///< of the newest job that came so, completed (arrival.h)
};

inline constexpr std::int64_t kSuccessionSeconds = 60;

/// After the end of a job of that name (0: of any). submissions and jobs are the user's, newest first, as in
/// UserActivity; what lies after now_s is not looked at. An end within the last kSuccessionSeconds counts once
/// somebody has come.
///
///   p = sum_i d^i [submitted within kSuccessionSeconds of end i] / (sum_i d^i + w)
///
/// over the ends of such jobs, newest first; d = 0.9; w = 2: three times in a row is more likely than not. Source:
/// ours; a decayed frequency with a prior that expects nobody.
Succession succession(TextHash name, std::span<const Submission> submissions, std::span<const PastJob> jobs,
                      UnixSeconds now_s);

/// The share of the user's jobs of that name that ended well, of the newest ones; for who waits for success.
/// (s + 1) / (n + 1): nothing known, nothing doubted.
double success_share(TextHash name, std::span<const PastJob> jobs);

}  // namespace foreshape
