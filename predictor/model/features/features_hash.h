// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A number that stands for the list of features: two builds that have it alike give each position of the
// network's inputs the same meaning.
//
// Runs in: slurmctld and offline.
// Threads: pure function.

#include <cstdint>

namespace foreshape {

/// Of the names of all features and identities in their order, kFeaturesVersion, and how many candidates the
/// network weighs. The same from every compiler.
std::uint64_t features_hash();

}  // namespace foreshape
