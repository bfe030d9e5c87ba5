// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/online_trainer.h"

#include <algorithm>

#include "predictor/base/splitmix.h"

namespace foreshape {

OnlineTrainer::OnlineTrainer(const TrainSettings& settings, std::unique_ptr<Products> products)
    : settings_(settings),
      products_(std::move(products)),
      state_(settings.sizes, settings.batch, true),
      weights_(state_.layout.total, settings.adam, settings.average),
      samples_(settings.memory, settings.seed),
      thinning_(settings.seed) {
  initialise_weights(state_.layout, settings.seed, weights_.weights());
  if (!settings_.scores_candidates) clear_scores();
  weights_.begin();
  state_.wanted.fill(false);
}

void OnlineTrainer::add(const ModelInput& input, const Target& target) {
  if (std::ranges::all_of(target.known, [](std::uint8_t known) { return known == kUnknown; })) return;
  for (std::size_t r = 0; r < kResources; ++r)
    if (target.known[r] != kUnknown && settings_.resource_weights[r] > 0) state_.wanted[r] = true;
  const float dice = static_cast<float>(splitmix_next(thinning_) >> 40U) / (1U << 24U);
  if (samples_.size() < settings_.few || dice < evidence_of(input)) samples_.add(input, target);
}

void OnlineTrainer::clear_scores() {
  const WeightBlock& out = state_.layout.pair_out;
  const std::span<float> weights = weights_.weights();
  for (std::size_t r = 0; r < kResources; ++r) {
    for (std::size_t row = 0; row < out.rows; ++row) weights[out.offset + row * out.columns + 3 * r] = 0;
    weights[state_.layout.pair_out_bias.offset + 3 * r] = 0;
  }
}

void OnlineTrainer::step(float rate_share) {
  const auto recent = static_cast<std::size_t>(settings_.recent_share * static_cast<float>(settings_.batch));
  samples_.draw(settings_.batch, settings_.recent, [&](std::size_t row) { return row < recent; });
  forward(weights_.weights(), samples_.inputs(), *products_, state_);
  backward(weights_.weights(), samples_.inputs(), samples_.targets(), settings_.resource_weights, *products_,
           state_, weights_.gradient());
  weights_.step(rate_share);
  if (!settings_.scores_candidates) clear_scores();
  weights_.settle();
}

void OnlineTrainer::refit() {
  if (samples_.empty()) return;
  foreshape::refit(trained() ? settings_.steps : settings_.first_steps,
                   [this](float rate_share) { step(rate_share); });
}

}  // namespace foreshape
