// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Random numbers without a state: the same for the same words, on every rank and after every restart.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>

#include "predictor/base/splitmix.h"

namespace foreshape {

/// SplitMix64's finaliser over each word in turn.
inline std::uint64_t random_of(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0) {
  std::uint64_t z = seed;
  for (const std::uint64_t word : {a, b}) z = splitmix_of(z + kSplitMixStep + word);
  return z;
}

}  // namespace foreshape
