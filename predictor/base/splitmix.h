// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// SplitMix64: random numbers that are the same on every machine.
//
// Runs in: slurmctld and offline.
// Threads: pure functions.
//
// Source: Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.

#include <cstdint>

namespace foreshape {

/// What the state grows by from number to number.
inline constexpr std::uint64_t kSplitMixStep = 0x9e3779b97f4a7c15U;

/// Its finaliser.
inline std::uint64_t splitmix_of(std::uint64_t state) {
  state = (state ^ (state >> 30U)) * 0xbf58476d1ce4e5b9U;
  state = (state ^ (state >> 27U)) * 0x94d049bb133111ebU;
  return state ^ (state >> 31U);
}

/// The next number; state begins as the seed.
inline std::uint64_t splitmix_next(std::uint64_t& state) { return splitmix_of(state += kSplitMixStep); }

}  // namespace foreshape
