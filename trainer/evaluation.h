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
#include <string>
#include <string_view>
#include <vector>

#include "predictor/model/model.h"
#include "trainer/online_trainer.h"
#include "trainer/score.h"
#include "trainer/time_ordered.h"

namespace foreshape {

/// network is the trained one alone; model is what serves: the network and the kernel, mixed by the gate.
enum class Evaluated : std::uint8_t { requested, last2, kernel, network, model };
inline constexpr std::size_t kEvaluated = 5;
std::string_view name_of(Evaluated predictor);

/// Whose jobs: everybody's; users with fewer than 10 finished jobs at submission; users with a twentieth
/// of the trace's jobs or more; jobs with fewer than 3 finished ones of the same user, limit and cpus.
enum class JobGroup : std::uint8_t { all, new_users, heavy_users, rare_jobs };
inline constexpr std::size_t kJobGroups = 4;
std::string_view name_of(JobGroup group);

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
  bool keep_model = false;         ///< hand the trained model out at the end
};

struct Evaluation {
  std::size_t jobs = 0, refits = 0;
  std::array<std::array<Score, kJobGroups>, kEvaluated> run_time;  ///< of each predictor and group
  /// Of the other resources where they were measured (last2 has none). Memory: where it was asked for too,
  /// and no more than that; only memory has a request.
  std::array<std::array<Score, kResources>, kEvaluated> used;
  /// Users with 100 jobs or more, and those of them on whose jobs the model's accuracy is more than two
  /// standard errors (paired) below the kernel's.
  std::size_t users = 0, users_worse = 0;
  double train_s = 0, predict_s = 0;  ///< processor time of refits; of the network's features and forecasts
  /// As it stood at the end, where it was to be kept and was trained; its card lacks what only the caller
  /// knows: made_s, revision, input.
  std::optional<Model> model;

  const Score& of(Evaluated predictor, JobGroup group = JobGroup::all) const {
    return run_time[static_cast<std::size_t>(predictor)][static_cast<std::size_t>(group)];
  }
  const Score& used_of(Evaluated predictor, Resource resource) const {
    return used[static_cast<std::size_t>(predictor)][static_cast<std::size_t>(resource)];
  }
};

/// The figures for a model's card: of all jobs, for each predictor, run_time.* and (where there is any)
/// memory.*, cpu_efficiency.*, read.*, written.*
std::vector<ModelMetric> metrics_of(const Evaluation& evaluation);

/// What the model knew and said of one run time; for tests, and for peers that want the same features.
using OnForecast = std::function<void(const TracedJob&, const ModelInput&, const Forecast&)>;

Evaluation evaluate(const std::vector<TracedJob>& jobs, const EvaluationSettings& settings,
                    std::unique_ptr<Products> products, const OnForecast& on_forecast = {});

}  // namespace foreshape
