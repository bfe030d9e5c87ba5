// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/network/network.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "tests/predictor/model/made_inputs.h"

namespace foreshape {
namespace {

using test::busy_weights;
using test::Dice;
using test::made_input;
using test::made_target;

constexpr NetworkSizes kSmall{.hidden = 16, .pair_hidden = 16, .embedding = 2, .identity_buckets = 7};
constexpr std::array<float, kResources> kAll = {1, 0.7F, 0.5F, 0.3F, 0.2F};

struct Batch {
  std::vector<ModelInput> inputs;
  std::vector<Target> targets;
  std::vector<const ModelInput*> in;
  std::vector<const Target*> out;

  Batch(std::uint32_t seed, std::size_t size) {
    Dice dice{seed};
    for (std::size_t b = 0; b < size; ++b) {
      inputs.push_back(made_input(dice, b == 0 ? kPointed : dice.whole(kPointed)));
      targets.push_back(made_target(dice));
    }
    in = test::pointers_to(inputs);
    out = test::pointers_to(targets);
  }
};

/// What this processor can run.
std::vector<LoopCode> loop_codes() {
  std::vector<LoopCode> codes = {LoopCode::plain, LoopCode::avx2, LoopCode::avx512};
  std::erase_if(codes, [](LoopCode code) { return code > fastest_loop_code(); });
  return codes;
}

void expect_agreement_with_the_definition(LoopCode code) {
  LoopProducts products{code};
  Dice dice{2};
  for (const ProductShape& shape : {ProductShape{1, 1, 1}, ProductShape{13, 7, 16}, ProductShape{6, 33, 48},
                                    ProductShape{25, 16, 37}, ProductShape{48, 32, 32}}) {
    const std::size_t M = shape.M, K = shape.K, N = shape.N;
    std::vector<float> a(M * K), b(K * N), c(M * N), da(M * K), db(K * N, 1.0F);
    for (float& x : a) x = dice.real();
    for (float& x : b) x = dice.real();
    products.multiply(a.data(), b.data(), c.data(), shape);
    products.multiply_back(c.data(), b.data(), da.data(), shape);
    products.add_weight_gradient(a.data(), c.data(), db.data(), shape);
    const auto sum = [](std::size_t n, auto&& term) {
      double s = 0;
      for (std::size_t i = 0; i < n; ++i) s += static_cast<double>(term(i));
      return s;
    };
    for (std::size_t m = 0; m < M; ++m)
      for (std::size_t n = 0; n < N; ++n)
        EXPECT_NEAR(c[m * N + n], sum(K, [&](auto k) { return a[m * K + k] * b[k * N + n]; }), 1e-5);
    for (std::size_t m = 0; m < M; ++m)
      for (std::size_t k = 0; k < K; ++k)
        EXPECT_NEAR(da[m * K + k], sum(N, [&](auto n) { return c[m * N + n] * b[k * N + n]; }), 1e-4);
    for (std::size_t k = 0; k < K; ++k)
      for (std::size_t n = 0; n < N; ++n)
        EXPECT_NEAR(db[k * N + n], 1 + sum(M, [&](auto m) { return a[m * K + k] * c[m * N + n]; }), 1e-4);
  }
}

TEST(LoopProducts, AgreeWithTheDefinitionOnEveryProcessor) {
  for (const LoopCode code : loop_codes()) {
    SCOPED_TRACE(static_cast<int>(code));
    expect_agreement_with_the_definition(code);
  }
}

/// All three products of made-up matrices, one after the other.
std::vector<float> made_products(LoopCode code, const ProductShape& shape) {
  const auto [M, K, N] = shape;
  LoopProducts products{code};
  Dice dice{3};
  std::vector<float> a(M * K), b(K * N), all(M * N + M * K + K * N, 1.0F);
  for (float& x : a) x = dice.real();
  for (float& x : b) x = dice.real();
  float* const c = all.data();
  products.multiply(a.data(), b.data(), c, shape);
  products.multiply_back(c, b.data(), c + M * N, shape);
  products.add_weight_gradient(a.data(), c, c + M * N + M * K, shape);
  return all;
}

TEST(LoopProducts, GiveTheSameBitsWithAvx2AndAvx512AndNearlyTheSameWithout) {
  for (const std::size_t n : {1U, 3U, 8U, 15U, 24U, 37U, 64U, 129U, 200U}) {
    const ProductShape shape{n % 13 + 1, n / 2 + 1, n};
    SCOPED_TRACE(n);
    const std::vector<float> best = made_products(fastest_loop_code(), shape);
    for (const LoopCode code : loop_codes()) {
      const std::vector<float> other = made_products(code, shape);
      EXPECT_TRUE(code == LoopCode::plain || other == best);
      for (std::size_t i = 0; i < best.size(); ++i)
        EXPECT_NEAR(other[i], best[i], 1e-4 * std::max(1.0F, std::abs(best[i])));
    }
  }
}

TEST(Network, GradientOfEveryBlockAgreesWithFiniteDifferences) {
  const Batch batch{5, 6};
  NetworkState state{kSmall, batch.in.size(), true};
  LoopProducts products;
  auto weights = busy_weights(state.layout);
  std::vector<float> gradient(state.layout.total), unused(state.layout.total);
  const auto loss = [&](std::vector<float>& of) {
    forward(weights, batch.in, products, state);
    return backward(weights, batch.in, batch.out, kAll, products, state, of);
  };
  loss(gradient);
  Dice dice{6};
  for (const WeightBlock* block : state.layout.blocks()) {
    // Along random directions: one number for the whole block, far above a float's noise.
    for (int trial = 0; trial < 4; ++trial) {
      std::vector<float> direction(block->size());
      double analytic = 0, norm = 0, slope = 0;
      for (std::size_t i = 0; i < block->size(); ++i) {
        // Half of the way along the gradient, so that there is something to see.
        direction[i] = gradient[block->offset + i] * (1 + dice.real());
        norm += static_cast<double>(direction[i]) * direction[i];
        slope += static_cast<double>(direction[i]) * gradient[block->offset + i];
      }
      ASSERT_GT(norm, 0) << block->name;
      // So far that the loss moves well above its rounding, but not across many kinks of the rectifiers.
      const auto step = static_cast<float>(std::min(6e-4 / slope, 0.05 / std::sqrt(norm)));
      const auto before = weights;
      const auto moved = [&](float by) {
        double along = 0;
        for (std::size_t i = 0; i < block->size(); ++i) {
          weights[block->offset + i] = before[block->offset + i] + by * direction[i];
          along += (static_cast<double>(weights[block->offset + i]) - before[block->offset + i]) *
                   gradient[block->offset + i];
        }
        analytic += by > 0 ? along : -along;
        return loss(unused);
      };
      const double difference = moved(step) - moved(-step);
      weights = before;
      EXPECT_NEAR(difference / analytic, 1, 1e-2) << block->name << " " << difference;
    }
  }
}

TEST(Network, OneJobAloneIsPredictedAsInABatch) {
  const Batch batch{7, 5};
  NetworkState many{kSmall, 5, false}, one{kSmall, 1, false};
  LoopProducts products;
  const auto weights = busy_weights(many.layout);
  forward(weights, batch.in, products, many);
  for (std::size_t b = 0; b < 5; ++b) {
    forward(weights, std::span{batch.in}.subspan(b, 1), products, one);
    for (std::size_t r = 0; r < kResources; ++r)
      for (std::size_t c = 0; c < kComponents; ++c) {
        EXPECT_NEAR(one.mixtures[r].log_weight[c], many.mixtures[b * kResources + r].log_weight[c], 1e-5);
        EXPECT_NEAR(one.mixtures[r].center[c], many.mixtures[b * kResources + r].center[c], 1e-5);
      }
  }
}

TEST(Network, BeginsByBelievingTheKernel) {
  Batch batch{8, 1};
  ModelInput& in = batch.inputs[0];
  in.known.fill(1);
  for (std::size_t k = 0; k < kPointed; ++k)
    in.pairs[k * kPairFeatures + static_cast<std::size_t>(PairFeature::kernel_log_weight)] =
        k == 20 ? 0.0F : -3.0F;  // ln of the weight, by 4
  NetworkState state{NetworkSizes{}, 1, false};
  std::vector<float> weights(state.layout.total);
  initialise_weights(state.layout, 1, weights);
  LoopProducts products;
  forward(weights, batch.in, products, state);
  EXPECT_GT(std::exp(state.mixtures[0].log_weight[20]), 0.7);
}

TEST(Network, TheSameSeedGivesTheSameWeightsAndAnotherSeedOthers) {
  const NetworkLayout layout{NetworkSizes{}};
  std::vector<float> a(layout.total), b(layout.total), c(layout.total);
  initialise_weights(layout, 1, a);
  initialise_weights(layout, 1, b);
  initialise_weights(layout, 2, c);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
}

TEST(NetworkLayout, BlocksLieEndToEnd) {
  const NetworkLayout layout{NetworkSizes{}};
  std::size_t at = 0;
  for (const WeightBlock* block : layout.blocks()) {
    EXPECT_EQ(block->offset, at) << block->name;
    at += block->size();
  }
  EXPECT_EQ(at, layout.total);
}

}  // namespace
}  // namespace foreshape
