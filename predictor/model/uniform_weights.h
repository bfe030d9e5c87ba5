#pragma once
// Uniform first weights; the same seed gives the same bits on every machine.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cmath>
#include <cstdint>
#include <span>

#include "predictor/model/network_layout.h"

namespace foreshape {

/// SplitMix64: Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
class UniformWeights {
 public:
  explicit UniformWeights(std::uint64_t seed) : state_(seed) {}

  /// Within [-scale, scale).
  void fill(const Block& block, float scale, std::span<float> weights) {
    for (float& w : weights.subspan(block.offset, block.size())) w = scale * next();
  }
  /// Of variance 2 scale^2 / rows, i.e. within +-scale sqrt(6 / rows): He et al., "Delving deep into
  /// rectifiers", 2015.
  void fill_he(const Block& block, float scale, std::span<float> weights) {
    fill(block, scale * std::sqrt(6.0F / static_cast<float>(block.rows)), weights);
  }

 private:
  /// Within [-1, 1).
  float next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return static_cast<float>((z ^ (z >> 31U)) >> 40U) / static_cast<float>(1U << 23U) - 1;
  }

  std::uint64_t state_;
};

}  // namespace foreshape
