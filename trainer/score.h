// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How good forecasts were: accuracy, pinball losses, coverage.
//
// Runs in: offline.
// Threads: plain values.

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "predictor/base/prediction.h"
#include "predictor/model/model.h"

namespace foreshape {

/// A user with fewer finished jobs at a submission is a newcomer.
inline constexpr std::size_t kNewcomerJobs = 10;

/// What one predictor says of one job.
using Forecasts = std::array<Forecast, kResources>;

/// min / max; 0 where one of them is not positive.
double likeness(double a, double b);

/// Pinball (quantile) loss of ln used against ln predicted.
/// Source: Koenker & Bassett, "Regression quantiles", Econometrica 46(1), 1978.
double pinball(double used, double predicted, double level);

class Score;

/// The figures of a model's card that one score gives: <resource>.jobs, .accuracy, .pinball50, 90 and 95,
/// .coverage95; none where no job was scored.
void add_metrics(std::vector<ModelMetric>& out, std::string_view predictor, Resource resource,
                 const Score& score);

class Score {
 public:
  /// used > 0.
  void add(const Forecast& forecast, double used);
  /// Something that says one number for all levels.
  void add(double point, double used);
  /// All jobs of another score, each counted as `weight` of one in the means.
  void add(const Score& other, double weight);

  /// However little each of them counts.
  std::size_t jobs() const { return jobs_; }
  /// Mean of min(typical, used) / max(typical, used).
  double accuracy() const { return mean(likeness_); }
  /// At kQuantileLevels[level].
  double pinball_loss(std::size_t level) const { return mean(pinball_[level]); }
  /// Share of jobs that used no more than the quantile says.
  double coverage(std::size_t level) const { return mean(covered_[level]); }

 private:
  double mean(double sum) const { return weight_ > 0 ? sum / weight_ : 0; }

  std::size_t jobs_ = 0;
  double weight_ = 0;
  double likeness_ = 0;
  std::array<double, kQuantileLevels.size()> pinball_{}, covered_{};
};

}  // namespace foreshape
