// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/user_difference.h"

#include <algorithm>
#include <cmath>

namespace foreshape {
namespace {

constexpr double kStandardErrors = 2;

/// The weight of whoever has more than all others together comes down to theirs.
void no_user_above_half(std::vector<WorseBy>& users) {
  if (users.size() < 2) return;
  const auto most = std::ranges::max_element(users, {}, &WorseBy::weight);
  double others = -most->weight;
  for (const WorseBy& user : users) others += user.weight;
  most->weight = std::min(most->weight, others);
}

}  // namespace

bool UserDifference::is_above(double much) const { return mean > much && mean > kStandardErrors * error; }

UserDifference difference_of(std::vector<WorseBy> users) {
  no_user_above_half(users);
  UserDifference out;
  double sum = 0, squares = 0, weights_squared = 0;
  for (const auto& [weight, by] : users) {
    sum += weight;
    weights_squared += weight * weight;
    out.mean += weight * by;
  }
  out.mean /= sum;
  for (const auto& [weight, by] : users) squares += std::pow(weight * (by - out.mean), 2);
  // Of n users with equal weights: their variance, by n - 1, over n.
  const double freedom = 1 - weights_squared / (sum * sum);
  out.error = freedom > 0 ? std::sqrt(squares / freedom) / sum : 0;
  return out;
}

}  // namespace foreshape
