// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/tail_widening.h"

#include <algorithm>
#include <cmath>

namespace foreshape {
namespace {

// As everybody's shares of the blend move (AdaGrad: see there). The first job that misses is no reason to double all.
constexpr float kWideningRate = 0.2F, kWideningMinSlopes = 0.1F;

constexpr float kFew = 1, kEnough = 3;  // with three ended, hardly any workflow missed more than it should

}  // namespace

Precedent precedent_of(float precedents) {
  if (precedents < kFew) return Precedent::none;
  return precedents < kEnough ? Precedent::few : Precedent::enough;
}

float widened(const TailWidening& widening, float kernel, float network, float bound) {
  const float careful = std::max(kernel, network);
  return std::max(careful, std::min(careful + widening.by, bound));
}

void learn(TailWidening& widening, float slope) {
  widening.slopes += slope * slope;
  const float step = kWideningRate * slope / std::sqrt(widening.slopes + kWideningMinSlopes);
  widening.by = std::clamp(widening.by - step, 0.0F, kMaxTailWidening);
}

bool is_sane(const TailWidening& widening) {
  constexpr float kWideningMaxSlopes = 1e12F;
  return widening.by >= 0 && widening.by <= kMaxTailWidening && widening.slopes >= 0 &&
         widening.slopes <= kWideningMaxSlopes;
}

}  // namespace foreshape
