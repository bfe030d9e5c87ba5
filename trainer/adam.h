// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Adam with decoupled weight decay and clipped gradients.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace foreshape {

struct AdamSettings {
  float rate = 1e-3F;           ///< at its highest
  std::uint32_t warm_up = 100;  ///< steps until the rate is there, from 0
  float beta1 = 0.9F, beta2 = 0.99F;
  float epsilon = 1e-8F;
  float decay = 1e-4F;  ///< of the weights, times the rate, each step
  float clip = 1;       ///< the gradient's norm at most
};

/// All that it remembers from step to step.
struct AdamState {
  std::vector<float> mean, square;  ///< of the gradient, decayed
  std::uint64_t steps = 0;
};

/// One step; rate_share in (0, 1] scales the rate (a schedule is the caller's). The gradient is clipped in
/// place; one with a number that is not finite changes nothing, and false comes back.
///
/// Sources: Kingma & Ba, "Adam", ICLR 2015; Loshchilov & Hutter, "Decoupled weight decay", ICLR 2019;
/// Pascanu et al., "On the difficulty of training recurrent networks", ICML 2013 (clipping).
bool adam_step(const AdamSettings& settings, AdamState& state, std::span<float> weights,
               std::span<float> gradient, float rate_share);

/// The usual schedule: from 1 to a tenth along a cosine while done goes from 0 to 1 (Loshchilov & Hutter,
/// "SGDR", ICLR 2017).
float cosine_rate_share(float done);

class Adam {
 public:
  Adam(std::size_t weights, const AdamSettings& settings)
      : settings_(settings), state_{std::vector<float>(weights), std::vector<float>(weights), 0} {}

  bool step(std::span<float> weights, std::span<float> gradient, float rate_share) {
    return adam_step(settings_, state_, weights, gradient, rate_share);
  }

  const AdamState& state() const { return state_; }
  std::uint64_t steps() const { return state_.steps; }

 private:
  AdamSettings settings_;
  AdamState state_;
};

}  // namespace foreshape
