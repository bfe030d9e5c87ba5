// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The fair-share factor of Slurm's priority/multifactor, from what everybody has used.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <span>
#include <vector>

namespace foreshape {

/// A user in an account. All have one share, as sacctmgr gives where the administrator says nothing.
struct Association {
  std::uint32_t account = 0;  ///< numbered from 0; all accounts are children of the root, one share each
  double usage = 0;           ///< decayed, processor-seconds
};

/// Fair tree, Slurm's default: associations ranked by level fair-share, shares / usage among siblings, the
/// account's first and then the user's within it; factor = rank / associations, the least used has 1, ties
/// share the better rank. Accounts with equal level fair-share are ranked as one.
/// Source: Slurm's "Fair Tree Fairshare Algorithm"; src/plugins/priority/multifactor/fair_tree.c.
std::vector<double> fair_tree_factors(std::span<const Association> associations);

/// PriorityFlags=NO_FAIR_TREE, undampened:
///
///   F = 2^(-U_E / S),  U_E = U + (U_account - U) S / S_account
///
/// U, U_account: the parts of the whole usage; S: 1 / accounts / users of the account; S_account: 1 /
/// accounts. In a single account nobody is above 1/2, since the account has used all that was used. Source:
/// Slurm's "Classic Fairshare Algorithm".
std::vector<double> classic_factors(std::span<const Association> associations);

}  // namespace foreshape
