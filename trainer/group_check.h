// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether a model is much worse for some group of users, however good it is for all together.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

#include "trainer/user_shares.h"
#include "trainer/window_scores.h"

namespace foreshape {

/// The pinball losses at .5, .9 and .95 together: what models are compared by.
double pinball_sum(const Score& score);

/// The groups for which the run times of models[0] are much worse than those of models[1], or than the
/// kernel's where there is no other: a sentence each. What the groups are and what counts as much:
/// reasons_to_keep(). The standard error is over users, and no user has more than half of a group, so that
/// one user alone moves none; a heavy user may be a group alone, having a twentieth of all history.
std::vector<std::string> groups_much_worse(const WindowScores& scores, const UserWeights& weights);

}  // namespace foreshape
