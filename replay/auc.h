// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How well a score tells two kinds apart.
//
// Runs in: offline.
// Threads: pure function.

#include <vector>

namespace foreshape {

struct ScoredCase {
  double score = 0;
  bool is_positive = false;
};

/// The area under the ROC curve: the chance that a positive case has a higher score than a negative one, ties
/// counted as half. 1 = always, .5 = a coin; not a number where there are not both kinds.
/// Source: Hanley & McNeil, Radiology 143, 1982 (the Wilcoxon statistic).
double area_under_curve(std::vector<ScoredCase> cases);

}  // namespace foreshape
