#pragma once
// Whether a trained model may take the place of the one that serves.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

#include "trainer/window_scores.h"

namespace foreshape {

/// With fewer jobs than this on the window nothing is decided, and the model that serves stays.
inline constexpr std::size_t kFewestToDecide = 100;

/// Why the candidate (models[0]) is not promoted over the champion (models[1], where there is one) and the
/// simple predictors, a sentence each; empty: it is. On jobs that none of them had seen:
/// - run time: its pinball losses at .5, .9 and .95 together and its accuracy are not worse than the kernel's
/// and
///   the champion's, nor its accuracy than that of the last two's mean and of the request;
/// - its quantile .95 covers no fewer jobs than the kernel's or 95 %, whichever is less;
/// - every other resource that it serves: its pinball losses are not worse than the kernel's.
/// Not worse: by less than 1 % of the loss, .003 of accuracy, .02 of coverage: what two seeds differ by.
std::vector<std::string> reasons_to_keep(const WindowScores& scores);

}  // namespace foreshape
