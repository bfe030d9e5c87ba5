// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The trained network of next submissions, as a part of a model: weights, and pairs that tell whether it says
// here what it said where it was made.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: plain values.

#include <cstdint>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/model/arrival/arrival_network.h"

namespace foreshape {

/// An input, and what the network said of it where it was made. The keys of its shapes are not kept: the
/// network does not see them.
struct ArrivalGolden {
  ArrivalInput input{};
  ArrivalForecast forecast{};
};

struct ArrivalModel {
  std::uint32_t hidden = 64;
  std::vector<float> weights;  ///< (ArrivalLayout(hidden).total)
  std::vector<ArrivalGolden> golden;

  static constexpr std::uint32_t kMaxHidden = 1024;
  static constexpr std::size_t kMaxGolden = 16;
};

/// Sizes, finite weights, golden inputs. Errors: invalid_input - the field, and what it should be.
Result<void> check(const ArrivalModel& model);

/// The pair for an input, from the network as it is.
ArrivalGolden golden_pair(const ArrivalModel& model, const ArrivalInput& input);

/// check(), and that each golden input gives here what it gave there: no probability differs by more than
/// 0.01. At least one pair is wanted. Errors: invalid_input as check(); corrupt - which pair.
Result<void> verify(const ArrivalModel& model);

/// Of the names of the arrival features in their order and kArrivalFeaturesVersion, as features_hash().
std::uint64_t arrival_features_hash();

}  // namespace foreshape
