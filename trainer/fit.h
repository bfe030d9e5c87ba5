// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Fits a network to samples that lie on several ranks: each computes its rows of every batch, one sum a
// step.
//
// Runs in: offline.
// Threads: main thread only.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "predictor/base/prediction.h"
#include "predictor/base/result.h"
#include "predictor/model/network/network_layout.h"
#include "trainer/adam.h"
#include "trainer/comm.h"
#include "trainer/fit_task.h"
#include "trainer/resource_weights.h"

namespace foreshape {

struct FitSettings {
  NetworkSizes sizes;  ///< of the usage network
  AdamSettings adam;
  std::uint64_t seed = 1;
  std::size_t batch = 128;
  std::uint64_t steps = 8'000;         ///< at most; the rate falls to a tenth over them
  std::uint64_t validate_every = 200;  ///< steps
  std::uint64_t patience = 12;         ///< so many judgements without a better one end it
  float average = 0.99F;  ///< the weights that serve are a decayed mean over steps (Polyak & Juditsky 1992)
  /// Of the usage network's loss.
  std::array<float, kResources> resource_weights = kResourceWeights;
};

/// All that a fit is at the end of a step: from the same state, samples and ranks it goes on to the same
/// bits.
struct FitState {
  std::uint64_t step = 0;
  std::vector<float> weights, served;
  AdamState adam;
  std::vector<float> best;  ///< served weights of the best judgement
  double best_loss = 0;
  std::uint64_t best_step = 0, validations_since_best = 0;
  bool finished = false;
};

/// What is known when a step has ended.
struct FitProgress {
  std::uint64_t step, steps;
  double loss;    ///< of the batches, decayed mean
  double judged;  ///< last loss of the served weights on the validation samples
  double best;
};

/// What a fit asks and tells on the way.
struct FitWatch {
  std::function<bool()> stop;  ///< every rank is asked each step; one is enough
  /// Rank 0 is asked each step whether a checkpoint is due, and then given it.
  std::function<bool()> save_due;
  std::function<Result<void>(const FitState&)> save;
  std::function<void(const FitProgress&)> progress;  ///< rank 0
};

enum class FitEnd : std::uint8_t { done, stopped };

/// Row b of step s is of shard (s x batch + b) mod 64, or the next that has any; which of the shard's samples
/// is random_of(seed, s, b).
BatchRow batch_row(const FitSettings& settings, const std::array<std::uint64_t, kShards>& shard_sizes,
                   std::uint64_t step, std::size_t row);

class Fit {
 public:
  /// task and comm must outlive the object.
  Fit(const FitSettings& settings, FitTask& task, Comm& comm);

  /// Begins from new weights, or from these (task.weights()).
  void begin(std::span<const float> weights = {});
  /// Goes on where a fit of the same settings and samples stood.
  void resume(FitState state) { state_ = std::move(state); }

  /// Steps until there are enough, or none helps any more: state().best is the result. stopped: a rank was
  /// told to, and save was given the state. Errors: those of save; internal - the gradient is not finite, or
  /// ranks went apart.
  Result<FitEnd> run(const FitWatch& watch);

  const FitState& state() const { return state_; }
  /// Mean loss of these weights on the validation samples, of all ranks.
  double validate(std::span<const float> weights);

 private:
  enum Flag : std::size_t { kLoss, kStop, kSave, kFlags };
  Result<void> step(const FitWatch& watch);
  void fill_gradient();
  Result<void> validate_served();
  Result<void> save(const FitWatch& watch);
  bool same_on_all_ranks();

  FitSettings settings_;
  FitTask& task_;
  Comm& comm_;
  FitState state_;
  std::vector<float> gradient_;  // then kFlags numbers that are summed with it
  std::vector<BatchRow> rows_;
  double mean_loss_ = 0, validated_ = 0;
  std::uint64_t refused_ = 0;  // gradients in a row
};

}  // namespace foreshape
