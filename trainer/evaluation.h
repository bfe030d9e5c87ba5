// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Predictors side by side on one trace, in the order of time, nothing known before it happened.
//
// Runs in: offline.
// Threads: one evaluation, one thread.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "predictor/model/model.h"
#include "trainer/margin_trial.h"
#include "trainer/online_trainer.h"
#include "trainer/scoreboard.h"
#include "trainer/time_ordered.h"

namespace foreshape {

/// What is taken away from the network, to see what it is worth. attention: it has no say in the candidates'
/// weights, which are the kernel's. kernel: nothing that the kernel computes is among its features, so its
/// weights of candidates don't start from the kernel's either.
enum class Ablated : std::uint8_t { nothing, attention, kernel };
inline constexpr std::size_t kAblated = 3;
std::string_view name_of(Ablated ablated);

struct EvaluationSettings {
  TrainSettings training;
  Ablated ablated = Ablated::nothing;
  /// Submissions between two trainings, at most; fewer while there are few: a tenth of those so far, but at
  /// least a quarter of this.
  std::size_t refit_every = 500;
  std::int64_t refit_every_s = 0;  ///< not 0: instead of that so much time between two trainings
  bool with_network = true;        ///< false: the untrained predictors only, in seconds
  UnixSeconds from_s = INT64_MIN;  ///< only jobs submitted from then on are judged; the others teach as well
  bool with_margins = false;       ///< try ways to set margins as well
  bool keep_model = false;         ///< hand the trained model out at the end
};

/// How everybody did, and what it took.
struct Evaluation : Scores {
  std::size_t jobs = 0, judged = 0, refits = 0;
  double train_s = 0, predict_s = 0;  ///< processor time of refits; of the network's features and forecasts
  /// With margins: of run time at .05 and .1, of memory at .01; of what the model says, or the kernel.
  std::vector<MarginResults> margin_results;
  /// As it stood at the end, where it was to be kept and was trained; its card lacks what only the caller
  /// knows: made_s, revision, input.
  std::optional<Model> model;
};

/// What the model knew and said of one run time; for tests, and for peers that want the same features.
using OnForecast = std::function<void(const TracedJob&, const ModelInput&, const Forecast&)>;

Evaluation evaluate(const std::vector<TracedJob>& jobs, const EvaluationSettings& settings,
                    std::unique_ptr<Products> products, const OnForecast& on_forecast = {});

}  // namespace foreshape
