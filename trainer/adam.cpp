// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/adam.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace foreshape {

bool adam_step(const AdamSettings& settings, AdamState& state, std::span<float> weights,
               std::span<float> gradient, float rate_share) {
  double square = 0;
  for (const float g : gradient) square += static_cast<double>(g) * g;
  if (!std::isfinite(square)) return false;
  const auto norm = static_cast<float>(std::sqrt(square));
  const float scale = norm > settings.clip ? settings.clip / norm : 1;

  ++state.steps;
  const auto t = static_cast<double>(state.steps);
  const double warm = std::min(1.0, t / std::max(1U, settings.warm_up));
  const float rate = settings.rate * rate_share * static_cast<float>(warm);
  const auto beta1 = settings.beta1, beta2 = settings.beta2;
  const auto mean_scale = static_cast<float>(1 / (1 - std::pow(static_cast<double>(beta1), t)));
  const auto square_scale = static_cast<float>(1 / (1 - std::pow(static_cast<double>(beta2), t)));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const float g = gradient[i] *= scale;
    state.mean[i] = beta1 * state.mean[i] + (1 - beta1) * g;
    state.square[i] = beta2 * state.square[i] + (1 - beta2) * g * g;
    const float move =
        state.mean[i] * mean_scale / (std::sqrt(state.square[i] * square_scale) + settings.epsilon);
    weights[i] -= rate * (move + settings.decay * weights[i]);
  }
  return true;
}

float cosine_rate_share(float done) {
  return 0.55F + 0.45F * std::cos(std::min(done, 1.0F) * std::numbers::pi_v<float>);
}

}  // namespace foreshape
