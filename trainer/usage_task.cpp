// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/usage_task.h"

#include <utility>

namespace foreshape {

UsageTask::UsageTask(const FitSettings& settings, const SampleShards& shards,
                     std::unique_ptr<Products> products)
    : NetworkTask(shards, settings.batch, std::move(products)),
      resource_weights_(settings.resource_weights),
      network_(settings.sizes, settings.batch, true) {
  for (std::size_t r = 0; r < kResources; ++r)
    network_.wanted[r] = shards.known[r] && resource_weights_[r] > 0;
}

void UsageTask::initialise(std::uint64_t seed, std::span<float> weights) const {
  initialise_weights(network_.layout, seed, weights);
}

double UsageTask::gradient_of_batch(std::span<const float> weights, std::span<float> gradient) {
  forward(weights, inputs_, *products_, network_);
  return backward(weights, inputs_, targets_, resource_weights_, *products_, network_, gradient);
}

double UsageTask::loss_of(const Target& target, std::size_t row) const {
  MixtureGradient unused;
  double loss = 0;
  for (std::size_t r = 0; r < kResources; ++r)
    if (network_.wanted[r] && target.known[r] != kUnknown)
      loss += resource_weights_[r] *
              mixture_loss(network_.mixtures[row * kResources + r], target.value[r], target.known[r], unused);
  return loss;
}

void UsageTask::add_loss_of_batch(std::span<const float> weights, double& loss) {
  forward(weights, inputs_, *products_, network_);
  for (std::size_t row = 0; row < inputs_.size(); ++row) loss += loss_of(*targets_[row], row);
}

}  // namespace foreshape
