// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/auc.h"

#include <algorithm>
#include <limits>

namespace foreshape {

double area_under_curve(std::vector<ScoredCase> cases) {
  std::sort(cases.begin(), cases.end(),
            [](const ScoredCase& a, const ScoredCase& b) { return a.score < b.score; });
  double positives = 0, negatives = 0, pairs = 0;  // so far; pairs in the right order
  for (auto first = cases.begin(); first != cases.end();) {
    const auto tied =
        std::find_if(first, cases.end(), [&](const auto& c) { return c.score != first->score; });
    const auto up =
        static_cast<double>(std::count_if(first, tied, [](const auto& c) { return c.is_positive; }));
    const double down = static_cast<double>(tied - first) - up;
    pairs += up * (negatives + down / 2);
    positives += up;
    negatives += down;
    first = tied;
  }
  if (positives == 0 || negatives == 0) return std::numeric_limits<double>::quiet_NaN();
  return pairs / (positives * negatives);
}

}  // namespace foreshape
