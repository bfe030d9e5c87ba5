// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Forecasts of users' next submissions on one trace, in the order of time, nothing known before it happened.
//
// Runs in: offline.
// Threads: one evaluation, one thread.

#include <array>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "predictor/model/arrival/arrival_model.h"
#include "trainer/arrival_score.h"
#include "trainer/arrival_trainer.h"
#include "trainer/pool_score.h"
#include "trainer/traced_job.h"

namespace foreshape {

/// The user's gaps so far; the same, older ones counting less (half-life 20 gaps); our simple forecast
/// (prior_hazards); the network.
enum class ArrivalPredictor : std::uint8_t { gaps, decayed_gaps, simple, network };
inline constexpr std::size_t kArrivalPredictors = 4;
std::string_view name_of(ArrivalPredictor predictor);

struct ArrivalSettings {
  ArrivalTrainSettings training;
  std::size_t refit_every = 250;  ///< submissions between two trainings, at most
  /// A network to judge as it is, of a check()ed model; then nothing is trained. It must outlive the
  /// evaluation.
  const ArrivalModel* standing = nullptr;
  /// What is said before is not scored: what a standing network has learned from.
  UnixSeconds validate_from_s = 0;
};

struct ArrivalEvaluation {
  std::size_t submissions = 0, refits = 0;
  /// At each submission: -ln P of the bin in which the next one came (arrival_bins.h).
  std::array<MeanScore, kArrivalPredictors> nats;
  /// Every quarter of an hour, for whoever submitted within a day: does one come within 15 minutes? Only of
  /// `simple` and `network`, the others say nothing about a silence.
  std::array<YesNoScore, kArrivalPredictors> windows;
  /// After two minutes of silence: within 6 hours?
  std::array<YesNoScore, kArrivalPredictors> six_hours;
  /// After the end of a job, when nothing was submitted since its start: within 10 minutes?
  std::array<YesNoScore, kArrivalPredictors> after_end;
  /// Shares of next shapes that were named first, among the first five: by recency, by the network; and the
  /// same where more than 10 minutes had passed.
  struct Shapes {
    MeanScore last, last_five, top, top_five;
  };
  Shapes shapes, shapes_after_10min;
  PoolScore pool{0};                     ///< every quarter of an hour, of everybody together
  MeanScore latency, latency_commonest;  ///< share of classes that were right; of the commonest so far
  double train_s = 0, forecast_s = 0;    ///< processor time; of all forecasts of the network
  std::size_t forecasts = 0;
};

/// What the network said at a moment; for tests.
using OnArrivalForecast = std::function<void(UserId uid, UnixSeconds now_s, const ArrivalForecast&)>;

ArrivalEvaluation evaluate_arrivals(const std::vector<TracedJob>& jobs, const ArrivalSettings& settings,
                                    std::unique_ptr<Products> products,
                                    const OnArrivalForecast& on_forecast = {});

}  // namespace foreshape
