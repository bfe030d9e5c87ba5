// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What each resource counts in the loss.
//
// Runs in: offline.
// Threads: a constant.

#include <array>

#include "predictor/base/prediction.h"

namespace foreshape {

/// In the order of Resource. Cpu efficiency is easy to say, and at the others' weight takes from the run time
/// (docs/experiments/2026-11-network.md has the figures).
inline constexpr std::array<float, kResources> kResourceWeights = {1, 0.3F, 0.05F, 0.3F, 0.3F};

}  // namespace foreshape
