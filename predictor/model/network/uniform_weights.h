// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Uniform first weights; the same seed gives the same bits on every machine.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cmath>
#include <cstdint>
#include <span>

#include "predictor/base/splitmix.h"
#include "predictor/model/network/network_layout.h"

namespace foreshape {

class UniformWeights {
 public:
  explicit UniformWeights(std::uint64_t seed) : state_(seed) {}

  /// Within [-scale, scale).
  void fill(const WeightBlock& block, float scale, std::span<float> weights) {
    for (float& w : weights.subspan(block.offset, block.size())) w = scale * next();
  }
  /// Of variance 2 scale^2 / rows, i.e. within +-scale sqrt(6 / rows): He et al., "Delving deep into
  /// rectifiers", 2015.
  void fill_he(const WeightBlock& block, float scale, std::span<float> weights) {
    fill(block, scale * std::sqrt(6.0F / static_cast<float>(block.rows)), weights);
  }

 private:
  /// Within [-1, 1).
  float next() {
    return static_cast<float>(splitmix_next(state_) >> 40U) / static_cast<float>(1U << 23U) - 1;
  }

  std::uint64_t state_;
};

}  // namespace foreshape
