// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How good forecasts of the next submission are.
//
// Runs in: offline.
// Threads: plain values.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace foreshape {

/// Forecasts of yes or no.
class YesNoScore {
 public:
  void add(double p, bool yes) {
    ++n_;
    yes_ += yes ? 1 : 0;
    squares_ += (p - (yes ? 1 : 0)) * (p - (yes ? 1 : 0));
    Tenth& tenth = tenths_[std::min<std::size_t>(static_cast<std::size_t>(p * 10), 9)];
    ++tenth.n;
    tenth.p += p;
    tenth.yes += yes ? 1 : 0;
    for (std::size_t i = 0; i < kLevels.size(); ++i)
      if (p >= kLevels[i]) ++forecast_[i], right_[i] += yes ? 1 : 0;
  }

  static constexpr std::array kLevels = {.3, .5, .7, .9};
  std::size_t n() const { return n_; }
  double share() const { return ratio(yes_, n_); }
  double brier() const { return ratio(squares_, n_); }
  /// Of what was said at kLevels[i] or more, how much came; of what came, how much was said.
  double precision(std::size_t i) const { return ratio(right_[i], forecast_[i]); }
  double recall(std::size_t i) const { return ratio(right_[i], yes_); }
  std::size_t forecast(std::size_t i) const { return forecast_[i]; }
  /// The largest |mean p - share that came| over tenths of p with 200 forecasts or more.
  double miscalibration() const {
    double worst = 0;
    for (const Tenth& t : tenths_)
      if (t.n >= 200) worst = std::max(worst, std::abs(ratio(t.p, t.n) - ratio(t.yes, t.n)));
    return worst;
  }

 private:
  struct Tenth {
    std::size_t n = 0, yes = 0;
    double p = 0;
  };
  template <class A, class B>
  static double ratio(A a, B b) {
    return b > 0 ? static_cast<double>(a) / static_cast<double>(b) : 0;
  }
  std::size_t n_ = 0, yes_ = 0;
  double squares_ = 0;
  std::array<Tenth, 10> tenths_{};
  std::array<std::size_t, kLevels.size()> forecast_{}, right_{};
};

/// A sum of what each of n forecasts scored.
struct MeanScore {
  double sum = 0;
  std::size_t n = 0;
  void add(double value) {
    sum += value;
    ++n;
  }
  double mean() const { return n > 0 ? sum / static_cast<double>(n) : 0; }
};

/// Forecasts of a number.
class CountScore {
 public:
  void add(double forecast, double came) {
    ++n_;
    forecast_ += forecast;
    came_ += came;
    forecast_squares_ += forecast * forecast;
    came_squares_ += came * came;
    products_ += forecast * came;
  }
  std::size_t n() const { return n_; }
  double mean_forecast() const { return mean(forecast_); }
  double mean_came() const { return mean(came_); }
  /// Root of the mean squared difference.
  double rmse() const {
    return std::sqrt(std::max(mean(forecast_squares_) - 2 * mean(products_) + mean(came_squares_), 0.0));
  }
  /// Pearson's; 0 where one of the two never changes.
  double correlation() const {
    const auto spread = [this](double squares, double sum) { return mean(squares) - mean(sum) * mean(sum); };
    const double both = spread(forecast_squares_, forecast_) * spread(came_squares_, came_);
    return both > 0 ? (mean(products_) - mean_forecast() * mean_came()) / std::sqrt(both) : 0;
  }

 private:
  double mean(double sum) const { return n_ > 0 ? sum / static_cast<double>(n_) : 0; }
  std::size_t n_ = 0;
  double forecast_ = 0, came_ = 0, forecast_squares_ = 0, came_squares_ = 0, products_ = 0;
};

}  // namespace foreshape
