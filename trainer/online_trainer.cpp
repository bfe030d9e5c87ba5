#include "trainer/online_trainer.h"

#include <algorithm>

namespace foreshape {

OnlineTrainer::OnlineTrainer(const TrainSettings& settings, std::unique_ptr<Products> products)
    : settings_(settings),
      products_(std::move(products)),
      state_(settings.sizes, settings.batch, true),
      adam_(state_.layout.total, settings.adam),
      weights_(state_.layout.total),
      gradient_(state_.layout.total),
      samples_(settings.memory, settings.seed) {
  initialise_weights(state_.layout, settings.seed, weights_);
  if (!settings_.scores_candidates) clear_scores();
  served_ = weights_;
  state_.wanted.fill(false);
}

void OnlineTrainer::add(const ModelInput& input, const Target& target) {
  if (std::ranges::all_of(target.known, [](std::uint8_t known) { return known == kUnknown; })) return;
  for (std::size_t r = 0; r < kResources; ++r)
    if (target.known[r] != kUnknown && settings_.resource_weights[r] > 0) state_.wanted[r] = true;
  samples_.add({input, target});
}

void OnlineTrainer::clear_scores() {
  const Block& out = state_.layout.pair_out;
  for (std::size_t r = 0; r < kResources; ++r) {
    for (std::size_t row = 0; row < out.rows; ++row) weights_[out.offset + row * out.columns + 3 * r] = 0;
    weights_[state_.layout.pair_out_bias.offset + 3 * r] = 0;
  }
}

double OnlineTrainer::step(float rate_share) {
  batch_inputs_.clear();
  batch_targets_.clear();
  const auto recent = static_cast<std::size_t>(settings_.recent_share * static_cast<float>(settings_.batch));
  for (std::size_t b = 0; b < settings_.batch; ++b) {
    const Sample& sample = samples_.pick(b < recent ? settings_.recent : settings_.memory);
    batch_inputs_.push_back(&sample.input);
    batch_targets_.push_back(&sample.target);
  }
  forward(weights_, batch_inputs_, *products_, state_);
  const double loss = backward(weights_, batch_inputs_, batch_targets_, settings_.resource_weights,
                               *products_, state_, gradient_);
  adam_.step(weights_, gradient_, rate_share);
  if (!settings_.scores_candidates) clear_scores();
  for (std::size_t i = 0; i < weights_.size(); ++i)
    served_[i] += (1 - settings_.average) * (weights_[i] - served_[i]);
  return loss;
}

void OnlineTrainer::refit() {
  if (samples_.empty()) return;
  const std::size_t steps = trained() ? settings_.steps : settings_.first_steps;
  double sum = 0;
  for (std::size_t i = 0; i < steps; ++i) {
    const auto done = static_cast<float>(i) / static_cast<float>(steps);
    sum += step(cosine_rate_share(done));
  }
  last_loss_ = sum / static_cast<double>(steps);
}

}  // namespace foreshape
