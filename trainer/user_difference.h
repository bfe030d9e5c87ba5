// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether something is worse for a group of users: a mean over them, and how sure it is.
//
// Runs in: offline.
// Threads: pure functions.

#include <vector>

namespace foreshape {

/// What one user is worse by (below 0: better off), and how much the user counts, > 0.
struct WorseBy {
  double weight = 0;
  double by = 0;
};

/// A mean over users of what they are worse by, and its standard error.
struct UserDifference {
  double mean = 0, error = 0;
  /// Much, and by more than two standard errors.
  bool is_above(double much) const;
};

/// Nobody counts for more than all others together, so that one user alone moves no group; a user alone is the group.
/// users: not empty.
UserDifference difference_of(std::vector<WorseBy> users);

}  // namespace foreshape
