// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/score.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "predictor/base/names.h"

namespace foreshape {

double likeness(double a, double b) { return a > 0 && b > 0 ? std::min(a, b) / std::max(a, b) : 0; }

double pinball(double used, double predicted, double level) {
  const double miss = std::log(used) - std::log(std::max(predicted, 1e-9));
  return miss >= 0 ? level * miss : (level - 1) * miss;
}

void Score::add(const Forecast& forecast, double used) {
  ++jobs_;
  weight_ += 1;
  likeness_ += likeness(static_cast<double>(forecast.typical), used);
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) {
    const auto quantile = static_cast<double>(forecast.quantiles[i]);
    pinball_[i] += pinball(used, quantile, static_cast<double>(kQuantileLevels[i]));
    // Forecasts are floats: a request need not survive the rounding.
    covered_[i] += used * (1 - 1e-5) <= quantile ? 1 : 0;
  }
}

void Score::add(double point, double used) {
  Forecast forecast;
  forecast.typical = static_cast<float>(point);
  forecast.quantiles.fill(forecast.typical);
  add(forecast, used);
}

void Score::add(const Score& other, double weight) {
  jobs_ += other.jobs_;
  weight_ += weight * other.weight_;
  likeness_ += weight * other.likeness_;
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) {
    pinball_[i] += weight * other.pinball_[i];
    covered_[i] += weight * other.covered_[i];
  }
}

void add_metrics(std::vector<ModelMetric>& out, std::string_view predictor, Resource resource,
                 const Score& score) {
  if (score.jobs() == 0) return;
  constexpr std::size_t kMedian = 4, kQ90 = 7, kQ95 = 8;  // in kQuantileLevels
  const std::string of = std::string(kResourceNames.of(resource)) + ".";
  out.push_back({std::string(predictor), of + "jobs", static_cast<double>(score.jobs())});
  out.push_back({std::string(predictor), of + "accuracy", score.accuracy()});
  out.push_back({std::string(predictor), of + "pinball50", score.pinball_loss(kMedian)});
  out.push_back({std::string(predictor), of + "pinball90", score.pinball_loss(kQ90)});
  out.push_back({std::string(predictor), of + "pinball95", score.pinball_loss(kQ95)});
  out.push_back({std::string(predictor), of + "coverage95", score.coverage(kQ95)});
}

}  // namespace foreshape
