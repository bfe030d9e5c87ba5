// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/margin_scale.h"

#include <algorithm>
#include <cmath>

namespace foreshape {
namespace {

constexpr std::size_t kLevels = kQuantileLevels.size();
constexpr std::size_t kTailFrom = 7;
static_assert(kQuantileLevels[kTailFrom] == .9F && kQuantileLevels[kLevels - 1] == .99F);

/// -ln(1 - level) of the kept levels.
constexpr std::array<double, kLevels> kLevelT = {0.01005034, 0.05129329, 0.10536052, 0.28768207,
                                                 0.69314718, 1.38629436, 1.60943791, 2.30258509,
                                                 2.99573227, 3.91202301, 4.60517019};

double safe_log(float value) {
  constexpr double kSmallest = 1e-9;
  return std::log(std::max(static_cast<double>(value), kSmallest));
}

/// ln value at the kept levels.
class LogValues {
 public:
  explicit LogValues(const Forecast& forecast)
      : forecast_(forecast), log_typical_(safe_log(forecast.typical)) {}

  double at(std::size_t level) const {
    return (1 - kFactorShare) * safe_log(forecast_.quantiles[level]) +
           kFactorShare * (log_typical_ + kFactorSlope * kLevelT[level]);
  }
  double tail_slope() const {
    return std::max((at(kLevels - 1) - at(kTailFrom)) / (kLevelT.back() - kLevelT[kTailFrom]), kMinTailSlope);
  }

 private:
  const Forecast& forecast_;
  double log_typical_;
};

}  // namespace

double value_at(const Forecast& forecast, double t) {
  const LogValues values{forecast};
  const auto above = std::ranges::lower_bound(kLevelT, t);
  if (above == kLevelT.begin()) return std::exp(values.at(0));
  if (above == kLevelT.end())
    return std::exp(values.at(kLevels - 1) + (t - kLevelT.back()) * values.tail_slope());
  const auto i = static_cast<std::size_t>(above - kLevelT.begin());
  const double low = values.at(i - 1), high = values.at(i);
  return std::exp(low + (high - low) * (t - kLevelT[i - 1]) / (kLevelT[i] - kLevelT[i - 1]));
}

double score_of(const Forecast& forecast, double used) {
  const LogValues values{forecast};
  const double log_used = std::log(used);
  double low = values.at(0);
  if (log_used <= low) return 0;
  for (std::size_t i = 1; i < kLevels; ++i) {
    const double high = values.at(i);
    if (log_used <= high)
      return kLevelT[i - 1] + (log_used - low) / (high - low) * (kLevelT[i] - kLevelT[i - 1]);
    low = high;
  }
  return kLevelT.back() + (log_used - low) / values.tail_slope();
}

}  // namespace foreshape
