// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A small model made up from a seed; golden pairs and blends included.
//
// Runs in: offline.

#include "predictor/model/model.h"
#include "tests/predictor/model/made_inputs.h"

namespace foreshape::test {

inline Model made_model(std::uint32_t seed = 1,
                        const NetworkSizes& sizes = {
                            .hidden = 37, .pair_hidden = 4, .embedding = 1, .identity_buckets = 2}) {
  Model model;
  model.sizes = sizes;
  const NetworkLayout layout{model.sizes};
  model.weights.resize(layout.total);
  initialise_weights(layout, seed, model.weights);
  model.serves = {true, true, false, false, false};
  const auto lead = [](float share, float lost, float jobs) {
    return BlendLead{
        {share, share / 2, -share}, {1, 2, 3}, {lost, lost / 2, lost / 3, lost / 4, lost / 5}, jobs};
  };
  model.blends[0] = {lead(.2F, 100, 200), {{1000, lead(.05F, 20, 40)}, {1001, lead(-.05F, 21, 41)}}};
  model.blends[1] = {lead(.1F, 10, 20), {}};
  model.card = {.made_s = 1'790'000'000,
                .data_from_s = 1'780'000'000,
                .data_to_s = 1'789'000'000,
                .rows = 12'345,
                .users = 67,
                .seed = seed,
                .steps = 1'000,
                .ranks = 2,
                .parent = 0xabcdef,
                .revision = "abc123",
                .input = "cluster lab, 90 days",
                .metrics = {{"model", "run_time.accuracy", .71}, {"kernel", "run_time.accuracy", .69}}};
  Dice dice{seed};
  for (const std::uint32_t candidates : {0U, 3U, 48U})
    model.golden.push_back(golden_pair(model, made_input(dice, candidates)));
  return model;
}

inline ArrivalInput made_arrival_input(Dice& dice, std::uint32_t shapes) {
  ArrivalInput input{};
  for (float& x : input.x) x = dice.real();
  for (float& x : input.prior) x = 2 * dice.real();
  input.shapes = shapes;
  for (std::size_t i = 0; i < shapes * kShapeFeatures; ++i) input.rows[i] = dice.real();
  return input;
}

inline ArrivalModel made_arrivals(std::uint32_t seed = 1, std::uint32_t hidden = 24) {
  ArrivalModel model;
  model.hidden = hidden;
  const ArrivalLayout layout{hidden};
  model.weights.resize(layout.total);
  initialise_weights(layout, seed, model.weights);
  Dice dice{seed};
  for (const std::uint32_t shapes : {1U, 5U, std::uint32_t{kShapes}})
    model.golden.push_back(golden_pair(model, made_arrival_input(dice, shapes)));
  return model;
}

inline Model made_model_with_arrivals(std::uint32_t seed = 1) {
  Model model = made_model(seed);
  model.arrivals = made_arrivals(seed);
  return model;
}

}  // namespace foreshape::test
