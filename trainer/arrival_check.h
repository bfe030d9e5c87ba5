// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether a network of next submissions may serve: users weighed, so that none of them decides for all.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "trainer/arrival_scores.h"

namespace foreshape {

/// With fewer submissions on the window, or fewer once they are weighed, nothing is decided. Nor is a group of users
/// judged by fewer.
inline constexpr std::size_t kMinArrivals = 50;

/// The mean scores of one forecast, users weighed (trainer/user_shares.h).
struct WeighedArrivals {
  double nats = 0;    ///< a submission
  double brier = 0;   ///< a window of 15 minutes
  double weight = 0;  ///< of all submissions together
};
struct ArrivalContest {
  WeighedArrivals simple;
  std::vector<WeighedArrivals> models;
};
ArrivalContest contest_of(const ArrivalScores& scores);

/// Why models[model] is not to serve, a sentence each; empty: it may. Users weighed:
/// - its nats are below those of the simple forecast;
/// - its Brier score of 15-minute windows, which the pool is sized by, is not above by more than 1 %;
/// - for no group of users (heavy users, who each have a twentieth of the history; newcomers, who have fewer than ten
///   submissions in it; the others; five users at least but for the heavy ones) its nats are worse than the simple
///   forecast's by more than a tenth of a nat and by more than two standard errors over users.
std::vector<std::string> reasons_to_leave_out(const ArrivalScores& scores, std::size_t model);

/// Which of the models is to serve, of those that may: the first, unless another's nats are better by more than 1 %, or
/// a group of users is much better off with it, as above; nullopt: none may.
std::optional<std::size_t> arrivals_to_serve(const ArrivalScores& scores);

}  // namespace foreshape
