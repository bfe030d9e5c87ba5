// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// For how many users a predictor's margins are too small: a coverage that is right over all can hide users
// for whom it is not.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"

namespace foreshape {

/// The margins that are looked at: the quantiles .9 and .95 of the run time.
inline constexpr std::array<std::size_t, 2> kMarginLevels = {7, 8};  // in kQuantileLevels
/// Of fewer jobs nothing is said.
inline constexpr std::size_t kJobsToTell = 100;

/// Users with kJobsToTell jobs, and those of them whose share of jobs above the quantile is more than two
/// standard errors of a binomial above what the level allows. By chance alone one user in 40 is; more where
/// jobs miss together, as those of a burst do.
struct UsersTooSmall {
  std::size_t users = 0, too_small = 0;
};

struct MarginCounts {
  std::array<UsersTooSmall, kMarginLevels.size()> all;
  /// Of jobs whose quantile was below their limit only: at the limit nothing runs on above it.
  std::array<UsersTooSmall, kMarginLevels.size()> below_limit;
};

class UserMargins {
 public:
  /// limit_s: without one every quantile is below it.
  void add(UserId uid, const Forecast& forecast, double run_s, std::optional<std::int64_t> limit_s);
  MarginCounts counts() const;

 private:
  struct Tally {
    std::uint32_t jobs = 0, above = 0;
  };
  struct OfUser {
    std::array<Tally, kMarginLevels.size()> all, below_limit;
  };
  std::unordered_map<UserId, OfUser> users_;
};

}  // namespace foreshape
