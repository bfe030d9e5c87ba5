// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How much each user counts where jobs decide: whoever submits most must not decide for everybody.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <map>
#include <set>

#include "predictor/base/job.h"
#include "trainer/dataset_file.h"

namespace foreshape {

/// The most that a user counts for: a tenth, or this many times the user's share of the history before the
/// window, where that is more. One who always had most of a site's jobs is the site; one who comes with a
/// thousand jobs on the day of the decision is not.
inline constexpr double kMaxUserShare = 0.1, kSharesOfHistory = 1.5;

struct UserJobs {
  std::uint64_t jobs = 0;    ///< that decide
  std::uint64_t before = 0;  ///< in the history before those
};
using JobsByUser = std::map<UserId, UserJobs>;

struct UserWeights {
  std::map<UserId, double> of_job;  ///< what each job of a user counts as: 0 to 1
  double sum = 0;  ///< over all jobs; 0 where they are of too few users to keep to the shares
};

/// The largest weights with which nobody's share of the sum is above the most.
UserWeights weigh_users(const JobsByUser& users);

/// Who has a twentieth of the history or more. before: each user's jobs in it.
std::set<UserId> heavy_users(const std::map<UserId, std::uint64_t>& before);

/// The share of the newest jobs that decides: the one wanted, or a larger one, up to a quarter, where some
/// users have so many of the newest jobs that the rest of them, weighed, are less than half of what was
/// wanted. Errors: those of DatasetReader::read.
Result<double> deciding_window(DatasetReader& reader, double wanted);

}  // namespace foreshape
