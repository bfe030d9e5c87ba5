// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Trains the network while time goes by: finished jobs in, from time to time a refit from where it stood.
//
// Runs in: offline.
// Threads: one object, one thread. The same jobs and seed give the same weights bit for bit.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "predictor/model/network/network.h"
#include "trainer/resource_weights.h"
#include "trainer/sample_batch.h"
#include "trainer/served_weights.h"

namespace foreshape {

struct TrainSettings {
  NetworkSizes sizes;
  AdamSettings adam;
  std::uint64_t seed = 1;
  std::size_t batch = 128;
  std::size_t memory = 32'768;    ///< finished jobs that are kept to learn from, 8 KB each
  std::size_t few = 8'192;        ///< up to so many are kept whatever they are worth
  std::size_t first_steps = 150;  ///< of the first refit
  std::size_t steps = 64;         ///< of each later one
  float recent_share = 0.5F;      ///< of each batch from the newest `recent` jobs, the rest from all
  std::size_t recent = 4'000;
  float average = 0.98F;  ///< the weights that serve are a decayed mean over steps (Polyak & Juditsky 1992)
  bool scores_candidates = true;  ///< false: candidates keep the kernel's weights among each other (ablation)
  std::array<float, kResources> resource_weights = kResourceWeights;
};

class OnlineTrainer {
 public:
  /// products: plain loops or oneDNN; they differ in the last bits.
  OnlineTrainer(const TrainSettings& settings, std::unique_ptr<Products> products);

  /// A job has finished; input as it was at its submission. Jobs that are no evidence are left out, and, once
  /// there are enough, those of a burst but for so many as they are worth (evidence_of).
  void add(const ModelInput& input, const Target& target);

  /// Some steps on what was added so far; nothing without any.
  void refit();

  /// The weights to serve with, or none before the first refit.
  std::span<const float> weights() const { return trained() ? weights_.served() : std::span<const float>{}; }
  bool trained() const { return steps() > 0; }
  std::uint64_t steps() const { return weights_.steps(); }

 private:
  void step(float rate_share);
  void clear_scores();

  TrainSettings settings_;
  std::unique_ptr<Products> products_;
  NetworkState state_;
  ServedWeights weights_;
  SampleBatch<ModelInput, Target> samples_;
  std::uint64_t thinning_;  // random numbers
};

}  // namespace foreshape
