#include "trainer/arrival_task.h"

#include <algorithm>
#include <utility>

namespace foreshape {

ArrivalTask::ArrivalTask(std::size_t hidden, std::size_t batch, const ArrivalLanes& lanes,
                         std::unique_ptr<Products> products)
    : lanes_(lanes), products_(std::move(products)), state_(hidden, batch, true) {
  unused_.resize(state_.layout.total);
}

void ArrivalTask::initialise(std::uint64_t seed, std::span<float> weights) const {
  initialise_weights(state_.layout, seed, weights);
}

double ArrivalTask::gradient(std::span<const float> weights, std::span<const BatchRow> rows,
                             std::span<float> gradient) {
  inputs_.clear();
  targets_.clear();
  for (const BatchRow& row : rows) {
    const ArrivalSample& sample = lanes_.learn[row.lane][row.sample];
    inputs_.push_back(&sample.input);
    targets_.push_back(&sample.target);
  }
  forward(weights, inputs_, *products_, state_);
  return backward(weights, inputs_, targets_, *products_, state_, gradient);
}

LossSum ArrivalTask::judge(std::span<const float> weights) {
  LossSum sum;
  for (const auto& samples : lanes_.judge)
    for (std::size_t first = 0; first < samples.size(); first += state_.batch) {
      const std::size_t count = std::min(state_.batch, samples.size() - first);
      inputs_.clear();
      targets_.clear();
      for (std::size_t i = first; i < first + count; ++i) {
        inputs_.push_back(&samples[i].input);
        targets_.push_back(&samples[i].target);
      }
      forward(weights, inputs_, *products_, state_);
      // Its gradient costs as much again, once in a while: not worth a second copy of the losses.
      sum.loss +=
          backward(weights, inputs_, targets_, *products_, state_, unused_) * static_cast<double>(count);
      sum.samples += static_cast<double>(count);
    }
  return sum;
}

}  // namespace foreshape
