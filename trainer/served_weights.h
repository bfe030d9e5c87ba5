// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Weights that are trained, and their decayed mean over steps, which serves.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "trainer/adam.h"

namespace foreshape {

/// served += (1 - average) (weights - served). Source: Polyak & Juditsky, "Acceleration of stochastic
/// approximation by averaging", SIAM J. Control Optim. 30(4), 1992; decayed as is usual.
inline void follow(std::span<const float> weights, float average, std::span<float> served) {
  for (std::size_t i = 0; i < weights.size(); ++i) served[i] += (1 - average) * (weights[i] - served[i]);
}

class ServedWeights {
 public:
  ServedWeights(std::size_t count, const AdamSettings& adam, float average)
      : average_(average), adam_(count, adam), weights_(count), gradient_(count) {}

  std::span<float> weights() { return weights_; }
  std::span<float> gradient() { return gradient_; }
  std::span<const float> served() const { return served_; }
  std::uint64_t steps() const { return adam_.steps(); }

  /// After weights() were set for the first time.
  void begin() { served_ = weights_; }
  /// The optimiser's step by gradient(); then settle() once nothing more is done to the weights.
  void step(float rate_share) { adam_.step(weights_, gradient_, rate_share); }
  void settle() { follow(weights_, average_, served_); }

 private:
  float average_;
  Adam adam_;
  std::vector<float> weights_, served_, gradient_;
};

/// `steps` steps along the usual schedule, each step(rate_share).
template <class Step>
void refit(std::size_t steps, Step&& step) {
  for (std::size_t i = 0; i < steps; ++i)
    step(cosine_rate_share(static_cast<float>(i) / static_cast<float>(steps)));
}

}  // namespace foreshape
