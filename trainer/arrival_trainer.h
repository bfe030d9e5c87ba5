// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Trains the network of the next submission while time goes by: moments whose next submission has come, in.
//
// Runs in: offline.
// Threads: one object, one thread. The same moments and seed give the same weights bit for bit.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "predictor/model/arrival/arrival_network.h"
#include "trainer/sample_batch.h"
#include "trainer/served_weights.h"

namespace foreshape {

struct ArrivalTrainSettings {
  std::size_t hidden = 64;
  AdamSettings adam{.rate = 7e-4F};
  std::uint64_t seed = 1;
  std::size_t batch = 256;
  std::size_t memory = 262'144;  ///< moments that are kept to learn from, 1.1 KB each
  std::size_t first_steps = 200;
  std::size_t steps = 64;
  std::size_t recent = 16'000;  ///< a quarter of each batch is from so many newest
  float average = 0.98F;        ///< as TrainSettings::average
};

class ArrivalTrainer {
 public:
  ArrivalTrainer(const ArrivalTrainSettings& settings, std::unique_ptr<Products> products);

  void add(const ArrivalInput& input, const ArrivalTarget& target) { samples_.add(input, target); }
  /// Some steps on what was added so far; nothing without any.
  void refit();
  bool trained() const { return weights_.steps() > 0; }
  /// Those to serve with; before the first refit the network says what the prior does.
  std::span<const float> weights() const { return weights_.served(); }

 private:
  void step(float rate_share);

  ArrivalTrainSettings settings_;
  std::unique_ptr<Products> products_;
  ArrivalState state_;
  ServedWeights weights_;
  SampleBatch<ArrivalInput, ArrivalTarget> samples_;
};

}  // namespace foreshape
