#pragma once
// Random numbers without a state: the same for the same words, on every rank and after every restart.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>

namespace foreshape {

/// Source: the finaliser of SplitMix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014), over each word in turn.
inline std::uint64_t random_of(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0) {
  std::uint64_t z = seed;
  for (const std::uint64_t word : {a, b}) {
    z += 0x9e3779b97f4a7c15U + word;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    z ^= z >> 31U;
  }
  return z;
}

}  // namespace foreshape
