// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which past jobs a prediction weighs: the user's own, and others' where there are too few.
//
// Runs in: slurmctld and offline. No allocation; 13 KB, meant for the stack.
// Threads: plain values.

#include <array>
#include <cstddef>
#include <span>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/profile/past_job.h"
#include "predictor/profile/profile_store.h"

namespace foreshape {

struct Candidates {
  std::array<PastJob, kProfileJobs>
      jobs;  ///< the user's own, then the account's, then the cluster's; each newest first
  std::size_t size = 0;
  std::size_t own = 0;                 ///< the first so many are the user's
  Evidence evidence = Evidence::none;  ///< the widest circle that was needed
  UsedShares shares;                   ///< of everybody

  std::span<const PastJob> all() const { return std::span{jobs}.first(size); }
  std::span<const PastJob> of_user() const { return std::span{jobs}.first(own); }
};

/// With fewer own jobs than this, a user is predicted from the account's jobs as well, then the cluster's.
/// Three: with one fewer or seven more the accuracy on five public logs is the same within 0.001.
inline constexpr std::size_t kEnoughJobs = 3;

/// Copies the candidates for this job out of the store.
void gather(const JobRequest& job, const ProfileStore& profiles, Candidates& out);

}  // namespace foreshape
