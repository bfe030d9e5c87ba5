// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Inputs of the network made up from a seed.
//
// Runs in: offline.

#include <random>
#include <vector>

#include "predictor/model/features/features.h"

namespace foreshape::test {

/// Numbers that are the same each time.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t whole(std::uint32_t below) { return static_cast<std::uint32_t>(engine_()) % below; }
  /// Uniform within [-1, 1).
  float real() { return static_cast<float>(whole(1U << 24U)) / static_cast<float>(1U << 23U) - 1; }

 private:
  std::mt19937 engine_;
};

inline ModelInput made_input(Dice& dice, std::uint32_t candidates) {
  ModelInput in{};
  in.candidates = candidates;
  for (float& x : in.job) x = dice.real();
  for (TextHash& hash : in.identities) hash = dice.whole(5);
  for (std::size_t i = 0; i < candidates * kPairFeatures; ++i) in.pairs[i] = dice.real();
  for (std::size_t i = 0; i < candidates * kResources; ++i) {
    in.values[i] = 6 + 2 * dice.real();
    in.known[i] = dice.whole(8) == 0 ? 0 : 1;
  }
  in.reference.fill(8.2F);
  in.bound.fill(8.2F);
  return in;
}

inline Target made_target(Dice& dice) {
  Target target{};
  for (std::size_t r = 0; r < kResources; ++r) {
    target.known[r] = static_cast<std::uint8_t>(dice.whole(3));
    target.value[r] = target.known[r] == kAtLeast ? 8.2F : 6 + 2 * dice.real();
  }
  return target;
}

/// With weights that are all at work, also those that begin at 0. Layout: NetworkLayout or ArrivalLayout.
template <class Layout>
std::vector<float> busy_weights(const Layout& layout) {
  std::vector<float> weights(layout.total);
  initialise_weights(layout, 1, weights);
  Dice dice{9};
  for (float& w : weights) w += 0.1F * dice.real();
  return weights;
}

/// As networks take their batches; the items must outlive it.
template <class Item>
std::vector<const Item*> pointers_to(const std::vector<Item>& items) {
  std::vector<const Item*> pointers;
  for (const Item& item : items) pointers.push_back(&item);
  return pointers;
}

}  // namespace foreshape::test
