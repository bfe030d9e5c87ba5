// SPDX-License-Identifier: GPL-2.0-or-later
// Writes one batch through the network as JSON: weights, inputs, targets, what came out, loss and gradient.
// For model_against_torch.py, which computes the same another way.
//
//   dump_network > FILE

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "predictor/model/network/network.h"
#include "tests/predictor/model/made_inputs.h"

namespace foreshape {
namespace {

nlohmann::json json_of(const ModelInput& in) {
  return {{"job", in.job},
          {"identities", in.identities},
          {"candidates", in.candidates},
          {"pairs", in.pairs},
          {"values", in.values},
          {"known", in.known},
          {"reference", in.reference}};
}

nlohmann::json dump() {
  constexpr NetworkSizes kSizes{.hidden = 32, .pair_hidden = 16, .embedding = 3, .identity_buckets = 11};
  constexpr std::array<float, kResources> kWeights = {1, 0.7F, 0.5F, 0.3F, 0.2F};
  constexpr std::size_t kBatch = 6;
  test::Dice dice{17};
  std::vector<ModelInput> inputs;
  std::vector<Target> targets;
  for (std::size_t b = 0; b < kBatch; ++b) {
    inputs.push_back(test::made_input(dice, b == 0 ? kPointed : dice.whole(kPointed)));
    targets.push_back(test::made_target(dice));
  }
  std::vector<const ModelInput*> in;
  std::vector<const Target*> out;
  for (const ModelInput& input : inputs) in.push_back(&input);
  for (const Target& target : targets) out.push_back(&target);

  NetworkState state{kSizes, kBatch, true};
  std::vector<float> weights(state.layout.total), gradient(state.layout.total);
  initialise_weights(state.layout, 1, weights);
  for (float& w : weights) w += 0.1F * dice.real();
  LoopProducts products;
  forward(weights, in, products, state);
  const double loss = backward(weights, in, out, kWeights, products, state, gradient);

  nlohmann::json json = {
      {"resource_weights", kWeights}, {"buckets", kSizes.identity_buckets}, {"loss", loss}};
  for (const WeightBlock* block : state.layout.blocks())
    json["blocks"].push_back({{"name", block->name},
                              {"offset", block->offset},
                              {"rows", block->rows},
                              {"columns", block->columns}});
  json["weights"] = weights;
  json["gradient"] = gradient;
  for (std::size_t b = 0; b < kBatch; ++b) {
    json["inputs"].push_back(json_of(inputs[b]));
    json["targets"].push_back({{"value", targets[b].value}, {"known", targets[b].known}});
    for (std::size_t r = 0; r < kResources; ++r) {
      const Mixture& m = state.mixtures[b * kResources + r];
      json["mixtures"].push_back({{"log_weight", m.log_weight}, {"center", m.center}, {"width", m.width}});
    }
  }
  return json;
}

}  // namespace
}  // namespace foreshape

int main() {
  fmt::print("{}\n", foreshape::dump().dump());
  return 0;
}
