#include "trainer/adam.h"

#include <algorithm>
#include <cmath>

namespace foreshape {

Adam::Adam(std::size_t weights, const AdamSettings& settings)
    : settings_(settings), mean_(weights), square_(weights) {}

bool Adam::step(std::span<float> weights, std::span<float> gradient, float rate_share) {
  double square = 0;
  for (const float g : gradient) square += static_cast<double>(g) * g;
  if (!std::isfinite(square)) return false;
  const auto norm = static_cast<float>(std::sqrt(square));
  const float scale = norm > settings_.clip ? settings_.clip / norm : 1;

  ++steps_;
  const auto t = static_cast<double>(steps_);
  const double warm = std::min(1.0, t / std::max(1U, settings_.warm_up));
  const float rate = settings_.rate * rate_share * static_cast<float>(warm);
  const auto beta1 = settings_.beta1, beta2 = settings_.beta2;
  const auto mean_scale = static_cast<float>(1 / (1 - std::pow(static_cast<double>(beta1), t)));
  const auto square_scale = static_cast<float>(1 / (1 - std::pow(static_cast<double>(beta2), t)));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const float g = gradient[i] *= scale;
    mean_[i] = beta1 * mean_[i] + (1 - beta1) * g;
    square_[i] = beta2 * square_[i] + (1 - beta2) * g * g;
    const float move = mean_[i] * mean_scale / (std::sqrt(square_[i] * square_scale) + settings_.epsilon);
    weights[i] -= rate * (move + settings_.decay * weights[i]);
  }
  return true;
}

}  // namespace foreshape
