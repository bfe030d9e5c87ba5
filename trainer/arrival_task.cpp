// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/arrival_task.h"

#include <utility>

namespace foreshape {

ArrivalTask::ArrivalTask(std::size_t hidden, std::size_t batch, const ArrivalShards& shards,
                         std::unique_ptr<Products> products)
    : NetworkTask(shards, batch, std::move(products)), state_(hidden, batch, true) {
  unused_.resize(state_.layout.total);
}

void ArrivalTask::initialise(std::uint64_t seed, std::span<float> weights) const {
  initialise_weights(state_.layout, seed, weights);
}

double ArrivalTask::gradient_of_batch(std::span<const float> weights, std::span<float> gradient) {
  forward(weights, inputs_, *products_, state_);
  return backward(weights, inputs_, targets_, *products_, state_, gradient);
}

void ArrivalTask::add_loss_of_batch(std::span<const float> weights, double& loss) {
  // Its gradient costs as much again, once in a while: not worth a second copy of the losses.
  loss += gradient_of_batch(weights, unused_) * static_cast<double>(inputs_.size());
}

}  // namespace foreshape
