#include "trainer/usage_task.h"

#include <algorithm>
#include <utility>

namespace foreshape {

UsageTask::UsageTask(const FitSettings& settings, const SampleLanes& lanes,
                     std::unique_ptr<Products> products)
    : lanes_(lanes),
      resource_weights_(settings.resource_weights),
      products_(std::move(products)),
      network_(settings.sizes, settings.batch, true) {
  for (std::size_t r = 0; r < kResources; ++r)
    network_.wanted[r] = lanes.known[r] && resource_weights_[r] > 0;
}

void UsageTask::initialise(std::uint64_t seed, std::span<float> weights) const {
  initialise_weights(network_.layout, seed, weights);
}

double UsageTask::gradient(std::span<const float> weights, std::span<const BatchRow> rows,
                           std::span<float> gradient) {
  inputs_.clear();
  targets_.clear();
  for (const BatchRow& row : rows) {
    const Sample& sample = lanes_.learn[row.lane][row.sample];
    inputs_.push_back(&sample.input);
    targets_.push_back(&sample.target);
  }
  forward(weights, inputs_, *products_, network_);
  return backward(weights, inputs_, targets_, resource_weights_, *products_, network_, gradient);
}

double UsageTask::loss_of(const Sample& sample, std::size_t row) {
  MixtureGradient unused;
  double loss = 0;
  for (std::size_t r = 0; r < kResources; ++r)
    if (network_.wanted[r] && sample.target.known[r] != kUnknown)
      loss += resource_weights_[r] * mixture_loss(network_.mixtures[row * kResources + r],
                                                  sample.target.value[r], sample.target.known[r], unused);
  return loss;
}

LossSum UsageTask::judge(std::span<const float> weights) {
  LossSum sum;
  for (const auto& samples : lanes_.judge)
    for (std::size_t first = 0; first < samples.size(); first += network_.batch) {
      const std::size_t count = std::min(network_.batch, samples.size() - first);
      inputs_.clear();
      for (std::size_t i = 0; i < count; ++i) inputs_.push_back(&samples[first + i].input);
      forward(weights, inputs_, *products_, network_);
      for (std::size_t i = 0; i < count; ++i) sum.loss += loss_of(samples[first + i], i);
      sum.samples += static_cast<double>(count);
    }
  return sum;
}

}  // namespace foreshape
