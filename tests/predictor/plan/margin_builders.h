// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Forecasts for tests of margins.

#include <algorithm>
#include <array>
#include <cmath>

#include "predictor/base/prediction.h"

namespace foreshape::test {

/// The forecast of a log-normal quantity: its median, and the standard deviation of its logarithm.
inline Forecast log_normal(double median, double spread) {
  constexpr std::array<double, kQuantileLevels.size()> kNormal = {
      -2.3263, -1.6449, -1.2816, -0.6745, 0, 0.6745, 0.8416, 1.2816, 1.6449, 2.0537, 2.3263};
  Forecast forecast;
  for (std::size_t i = 0; i < kNormal.size(); ++i)
    forecast.quantiles[i] = static_cast<float>(median * std::exp(spread * kNormal[i]));
  forecast.typical = forecast.mean = static_cast<float>(median);
  forecast.jobs = 50;
  return forecast;
}

}  // namespace foreshape::test
