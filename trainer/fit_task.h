// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What is fitted: a network, its loss, and this rank's samples.
//
// Runs in: offline.
// Threads: main thread only.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "trainer/sample_plan.h"

namespace foreshape {

/// One row of a batch: a sample of a shard.
struct BatchRow {
  std::size_t shard;
  std::uint64_t sample;
};

/// A mean, before it is one: of several ranks they are added.
struct LossSum {
  double loss = 0, samples = 0;
};

class FitTask {
 public:
  FitTask() = default;
  virtual ~FitTask() = default;
  FitTask(const FitTask&) = delete;
  FitTask& operator=(const FitTask&) = delete;

  virtual std::size_t weights() const = 0;
  virtual void initialise(std::uint64_t seed, std::span<float> weights) const = 0;
  /// Samples to learn from in every shard, on whichever rank: the same on all ranks.
  virtual const std::array<std::uint64_t, kShards>& shard_sizes() const = 0;
  /// Mean loss of these rows, which are this rank's; at least one, at most FitSettings::batch. Overwrites
  /// gradient (weights()) with that mean's.
  virtual double gradient(std::span<const float> weights, std::span<const BatchRow> rows,
                          std::span<float> gradient) = 0;
  /// Of this rank's validation samples.
  virtual LossSum validate(std::span<const float> weights) = 0;
};

}  // namespace foreshape
