// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/network/dnnl_products.h"

#include <cmath>
#include <gtest/gtest.h>

#include "predictor/model/network/network.h"
#include "tests/predictor/model/made_inputs.h"

namespace foreshape {
namespace {

using test::Dice;
using test::made_input;
using test::made_target;

TEST(DnnlProducts, AgreeWithThePlainLoops) {
  DnnlProducts dnnl;
  LoopProducts loops;
  Dice dice{2};
  for (const ProductShape& shape :
       {ProductShape{1, 5, 3}, ProductShape{64, 116, 64}, ProductShape{480, 33, 32},
        ProductShape{480, 32, 16}, ProductShape{7, 64, 128}}) {
    const auto [M, K, N] = shape;
    std::vector<float> a(M * K), b(K * N), c(M * N), c2(M * N), da(M * K), da2(M * K), db(K * N, 1.0F),
        db2(K * N, 1.0F);
    for (float& x : a) x = dice.real();
    for (float& x : b) x = dice.real();
    dnnl.multiply(a.data(), b.data(), c.data(), shape);
    loops.multiply(a.data(), b.data(), c2.data(), shape);
    dnnl.multiply_back(c.data(), b.data(), da.data(), shape);
    loops.multiply_back(c.data(), b.data(), da2.data(), shape);
    dnnl.add_weight_gradient(a.data(), c.data(), db.data(), shape);
    loops.add_weight_gradient(a.data(), c.data(), db2.data(), shape);
    for (std::size_t i = 0; i < c.size(); ++i) ASSERT_NEAR(c[i], c2[i], 2e-5);
    for (std::size_t i = 0; i < da.size(); ++i) ASSERT_NEAR(da[i], da2[i], 2e-4);
    for (std::size_t i = 0; i < db.size(); ++i) ASSERT_NEAR(db[i], db2[i], 1e-3);
  }
  EXPECT_EQ(dnnl.refused(), 0U);
}

TEST(DnnlProducts, GiveTheNetworkTheSameLossAndGradient) {
  constexpr NetworkSizes kSizes{.hidden = 32, .pair_hidden = 16, .embedding = 2, .identity_buckets = 7};
  constexpr std::array<float, kResources> kAll = {1, 1, 1, 1, 1};
  Dice dice{3};
  std::vector<ModelInput> inputs;
  std::vector<Target> targets;
  for (int b = 0; b < 8; ++b) {
    inputs.push_back(made_input(dice, dice.whole(kPointed + 1)));
    targets.push_back(made_target(dice));
  }
  std::vector<const ModelInput*> in;
  std::vector<const Target*> out;
  for (const ModelInput& input : inputs) in.push_back(&input);
  for (const Target& target : targets) out.push_back(&target);
  NetworkState state{kSizes, in.size(), true};
  std::vector<float> weights(state.layout.total), gradient(state.layout.total), gradient2(state.layout.total);
  initialise_weights(state.layout, 1, weights);

  LoopProducts loops;
  forward(weights, in, loops, state);
  const double loss = backward(weights, in, out, kAll, loops, state, gradient);
  DnnlProducts dnnl;
  forward(weights, in, dnnl, state);
  const double loss2 = backward(weights, in, out, kAll, dnnl, state, gradient2);
  EXPECT_NEAR(loss, loss2, 1e-5);
  for (std::size_t i = 0; i < gradient.size(); ++i) ASSERT_NEAR(gradient[i], gradient2[i], 1e-5) << i;
  EXPECT_EQ(dnnl.refused(), 0U);
}

}  // namespace
}  // namespace foreshape
