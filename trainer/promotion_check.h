// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether a trained model may take the place of the one that serves.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

#include "trainer/window_scores.h"

namespace foreshape {

/// With fewer jobs than this on the window, or fewer than this many once they are weighed, nothing is
/// decided, and the model that serves stays. Nor is a group of users judged by fewer, once they are weighed.
inline constexpr std::size_t kMinToDecide = 100;

/// All contestants on one resource, users weighed (trainer/user_shares.h).
struct Contest {
  Score candidate, champion, kernel, last2, requested;
  double weight = 0;  ///< of all jobs together
};
Contest contest_of(const WindowScores& scores, Resource resource = Resource::run_time);
/// The same with each job as one: its weight is the number of jobs.
Contest unweighed_contest_of(const WindowScores& scores, Resource resource);

/// Why the candidate (models[0]) is not promoted over the champion (models[1], where there is one) and the
/// simple predictors, a sentence each; empty: it is. On jobs that none of them had seen, users weighed:
/// - run time: its pinball losses at .5, .9 and .95 together and its accuracy are not worse than the kernel's
/// and
///   the champion's, nor its accuracy than that of the last two's mean and of the request;
/// - its quantile .95 covers no fewer jobs than the kernel's or 95 %, whichever is less;
/// - every other resource that it serves: its pinball losses are not worse than the kernel's, unweighed where
///   few users' jobs were measured;
/// - run time of no group of users (newcomers; heavy users, who each have a twentieth of the history; the
///   others; each account; five users at least but for the heavy ones): much worse than the champion's, or
///   the kernel's without one.
/// Not worse: by less than 1 % of the loss, .003 of accuracy, .02 of coverage: what two seeds differ by. Much
/// worse: by more than 10 % of the loss or .03 of accuracy, and by more than two standard errors over users.
std::vector<std::string> reasons_to_keep(const WindowScores& scores);

}  // namespace foreshape
