#include "trainer/arrival_trainer.h"

namespace foreshape {

ArrivalTrainer::ArrivalTrainer(const ArrivalTrainSettings& settings, std::unique_ptr<Products> products)
    : settings_(settings),
      products_(std::move(products)),
      state_(settings.hidden, settings.batch, true),
      adam_(state_.layout.total, settings.adam),
      weights_(state_.layout.total),
      gradient_(state_.layout.total),
      samples_(settings.memory, settings.seed) {
  initialise_weights(state_.layout, settings.seed, weights_);
  served_ = weights_;
}

void ArrivalTrainer::step(float rate_share) {
  batch_inputs_.clear();
  batch_targets_.clear();
  for (std::size_t b = 0; b < settings_.batch; ++b) {
    const Sample& sample = samples_.pick(b % 4 == 0 ? settings_.recent : settings_.memory);
    batch_inputs_.push_back(&sample.input);
    batch_targets_.push_back(&sample.target);
  }
  forward(weights_, batch_inputs_, *products_, state_);
  backward(weights_, batch_inputs_, batch_targets_, *products_, state_, gradient_);
  adam_.step(weights_, gradient_, rate_share);
  for (std::size_t i = 0; i < weights_.size(); ++i)
    served_[i] += (1 - settings_.average) * (weights_[i] - served_[i]);
}

void ArrivalTrainer::refit() {
  if (samples_.empty()) return;
  const std::size_t steps = trained() ? settings_.steps : settings_.first_steps;
  for (std::size_t i = 0; i < steps; ++i) {
    const auto done = static_cast<float>(i) / static_cast<float>(steps);
    step(cosine_rate_share(done));
  }
}

}  // namespace foreshape
