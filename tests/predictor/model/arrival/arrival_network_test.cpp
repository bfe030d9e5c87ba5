// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/arrival/arrival_network.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

#include "tests/predictor/model/made_inputs.h"

namespace foreshape {
namespace {

using test::busy_weights;
using test::Dice;

struct ArrivalBatch {
  std::vector<ArrivalInput> inputs;
  std::vector<ArrivalTarget> targets;
  std::vector<const ArrivalInput*> in;
  std::vector<const ArrivalTarget*> out;

  explicit ArrivalBatch(std::size_t size) {
    Dice dice{3};
    for (std::size_t b = 0; b < size; ++b) {
      ArrivalInput input{};
      for (float& x : input.x) x = dice.real();
      for (float& x : input.prior) x = 2 * dice.real();
      input.shapes = b == 0 ? 0 : dice.whole(kShapes + 1);
      for (std::size_t i = 0; i < input.shapes * kShapeFeatures; ++i) input.rows[i] = dice.real();
      inputs.push_back(input);
      ArrivalTarget target;
      target.bin = static_cast<std::uint8_t>(dice.whole(kArrivalBins + 1));
      target.came = dice.whole(4) != 0;
      if (target.came) {
        target.shape = static_cast<std::uint8_t>(dice.whole(3) == 0 ? kShapes : dice.whole(input.shapes + 1));
        if (target.shape == input.shapes) target.shape = kShapes;
        target.latency = static_cast<std::uint8_t>(dice.whole(kLatencyClasses));
      }
      targets.push_back(target);
    }
    in = test::pointers_to(inputs);
    out = test::pointers_to(targets);
  }
};

TEST(ArrivalNetwork, GradientOfEveryBlockAgreesWithFiniteDifferences) {
  const ArrivalBatch batch(9);
  ArrivalState state(16, batch.in.size(), true);
  std::vector<float> weights = busy_weights(state.layout), gradient(weights.size()), unused(weights.size());
  LoopProducts loops;
  const auto loss = [&] {
    forward(weights, batch.in, loops, state);
    return backward(weights, batch.in, batch.out, loops, state, unused);
  };
  forward(weights, batch.in, loops, state);
  backward(weights, batch.in, batch.out, loops, state, gradient);
  Dice dice{4};
  for (const WeightBlock* block : state.layout.blocks()) {
    // The steepest of the block, and some others.
    std::vector<std::size_t> which(6);
    for (std::size_t& i : which) i = block->offset + dice.whole(static_cast<std::uint32_t>(block->size()));
    std::size_t steepest = block->offset;
    for (std::size_t i = 0; i < block->size(); ++i)
      if (std::abs(gradient[block->offset + i]) > std::abs(gradient[steepest])) steepest = block->offset + i;
    EXPECT_GT(std::abs(gradient[steepest]), 1e-4F) << block->name << " is not at work";
    which.push_back(steepest);
    for (const std::size_t i : which) {
      constexpr float kStep = 2e-3F;
      const float w = weights[i];
      weights[i] = w + kStep;
      const double above = loss();
      weights[i] = w - kStep;
      const double below = loss();
      weights[i] = w;
      EXPECT_NEAR((above - below) / (2.0 * static_cast<double>(kStep)), static_cast<double>(gradient[i]),
                  2e-3 + 0.02 * std::abs(static_cast<double>(gradient[i])))
          << block->name << " " << i - block->offset;
    }
  }
}

TEST(ArrivalNetwork, BeginsAsThePriorDoes) {
  ArrivalBatch batch(3);
  ArrivalState state(64, 1, false);
  std::vector<float> weights(state.layout.total);
  initialise_weights(state.layout, 1, weights);
  for (float& w : std::span{weights}.subspan(state.layout.out.offset, state.layout.out.size())) w = 0;
  LoopProducts loops;
  forward(weights, std::span{batch.in}.first(1), loops, state);
  for (std::size_t b = 0; b < kArrivalBins; ++b)
    EXPECT_NEAR(state.forecasts[0].hazards[b], 1 / (1 + std::exp(-batch.inputs[0].prior[b])), 1e-6) << b;
}

TEST(ArrivalNetwork, GivesProbabilitiesAndNoneToShapesThatAreNotThere) {
  const ArrivalBatch batch(9);
  ArrivalState state(16, batch.in.size(), false);
  const std::vector<float> weights = busy_weights(state.layout);
  LoopProducts loops;
  forward(weights, batch.in, loops, state);
  for (std::size_t b = 0; b < batch.in.size(); ++b) {
    const ArrivalForecast& f = state.forecasts[b];
    EXPECT_NEAR(std::accumulate(f.shapes.begin(), f.shapes.end(), 0.0F), 1, 1e-5);
    EXPECT_NEAR(std::accumulate(f.latency.begin(), f.latency.end(), 0.0F), 1, 1e-5);
    for (std::size_t k = batch.inputs[b].shapes; k < kShapes; ++k) EXPECT_EQ(f.shapes[k], 0);
    for (const float h : f.hazards) {
      EXPECT_GT(h, 0);
      EXPECT_LT(h, 1);
    }
  }
}

TEST(ArrivalNetwork, SaysTheSameOfAUserAloneAndInABatch) {
  const ArrivalBatch batch(5);
  ArrivalState many(16, batch.in.size(), false), one(16, 1, false);
  const std::vector<float> weights = busy_weights(many.layout);
  LoopProducts loops;
  forward(weights, batch.in, loops, many);
  for (std::size_t b = 0; b < batch.in.size(); ++b) {
    forward(weights, std::span{batch.in}.subspan(b, 1), loops, one);
    for (std::size_t i = 0; i < kArrivalBins; ++i)
      EXPECT_NEAR(one.forecasts[0].hazards[i], many.forecasts[b].hazards[i], 1e-5F);
  }
}

}  // namespace
}  // namespace foreshape
