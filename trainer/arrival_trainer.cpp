// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/arrival_trainer.h"

namespace foreshape {

ArrivalTrainer::ArrivalTrainer(const ArrivalTrainSettings& settings, std::unique_ptr<Products> products)
    : settings_(settings),
      products_(std::move(products)),
      state_(settings.hidden, settings.batch, true),
      weights_(state_.layout.total, settings.adam, settings.average),
      samples_(settings.memory, settings.seed) {
  initialise_weights(state_.layout, settings.seed, weights_.weights());
  weights_.begin();
}

void ArrivalTrainer::step(float rate_share) {
  samples_.draw(settings_.batch, settings_.recent, [](std::size_t row) { return row % 4 == 0; });
  forward(weights_.weights(), samples_.inputs(), *products_, state_);
  backward(weights_.weights(), samples_.inputs(), samples_.targets(), *products_, state_,
           weights_.gradient());
  weights_.step(rate_share);
  weights_.settle();
}

void ArrivalTrainer::refit() {
  if (samples_.empty()) return;
  foreshape::refit(trained() ? settings_.steps : settings_.first_steps,
                   [this](float rate_share) { step(rate_share); });
}

}  // namespace foreshape
