// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/online_trainer.h"

#include <cmath>
#include <gtest/gtest.h>

#include "tests/predictor/model/made_inputs.h"

namespace foreshape {
namespace {

using test::Dice;
using test::made_input;

TrainSettings small_settings() {
  TrainSettings settings;
  settings.sizes = {.hidden = 16, .pair_hidden = 16, .embedding = 2, .identity_buckets = 32};
  settings.batch = 32;
  settings.first_steps = 500;
  settings.resource_weights = {1, 0, 0, 0, 0};
  return settings;
}

/// A job whose run time is that of the one candidate marked as having the same name.
std::pair<ModelInput, Target> pointing_sample(Dice& dice) {
  ModelInput in = made_input(dice, 12);
  in.known.fill(1);
  for (float& x : in.job) x *= 0.2F;  // some noise
  for (float& x : in.pairs) x *= 0.2F;
  const std::size_t meant = dice.whole(12);
  for (std::size_t k = 0; k < 12; ++k) {
    float* row = in.pairs.data() + k * kPairFeatures;
    row[static_cast<std::size_t>(PairFeature::kernel_log_weight)] = -0.6F;
    row[static_cast<std::size_t>(PairFeature::same_name)] = k == meant ? 1.0F : 0.0F;
  }
  Target target{};
  target.known[0] = kMeasured;
  target.value[0] = in.values[meant * kResources];
  return {in, target};
}

TEST(OnlineTrainer, LearnsWhichCandidateToPointAt) {
  OnlineTrainer trainer{small_settings(), std::make_unique<LoopProducts>()};
  Dice dice{1};
  for (int i = 0; i < 2000; ++i) {
    const auto [in, target] = pointing_sample(dice);
    trainer.add(in, target);
  }
  trainer.refit();
  trainer.refit();
  NetworkState state{small_settings().sizes, 1, false};
  LoopProducts products;
  double error = 0;
  for (int i = 0; i < 50; ++i) {
    const auto [in, target] = pointing_sample(dice);
    const ModelInput* one = &in;
    forward(trainer.weights(), std::span{&one, 1}, products, state);
    error += std::abs(std::log(mixture_forecast(state.mixtures[0], kNoBound).typical) - target.value[0]) / 50;
  }
  EXPECT_LT(error, 0.3);  // a candidate at random is about 1.2 away
}

TEST(OnlineTrainer, HasNoWeightsBeforeItHasSeenAJob) {
  OnlineTrainer trainer{small_settings(), std::make_unique<LoopProducts>()};
  trainer.refit();
  EXPECT_TRUE(trainer.weights().empty());
  Dice dice{1};
  trainer.add(made_input(dice, 3), Target{});  // no evidence
  trainer.refit();
  EXPECT_FALSE(trainer.trained());
}

TEST(Adam, FindsTheLeastOfAParabola) {
  Adam adam{2, {.rate = 0.05F, .warm_up = 5, .decay = 0, .clip = 10}};
  std::vector<float> x = {3, -2}, gradient(2);
  for (int i = 0; i < 500; ++i) {
    gradient = {2 * (x[0] - 1), 8 * (x[1] - 0.5F)};
    ASSERT_TRUE(adam.step(x, gradient, 1));
  }
  EXPECT_NEAR(x[0], 1, 0.01);
  EXPECT_NEAR(x[1], 0.5, 0.01);
}

TEST(Adam, RefusesAGradientThatIsNotFinite) {
  Adam adam{1, {}};
  std::vector<float> x = {3}, gradient = {std::nanf("")};
  EXPECT_FALSE(adam.step(x, gradient, 1));
  EXPECT_EQ(x[0], 3);
}

}  // namespace
}  // namespace foreshape
