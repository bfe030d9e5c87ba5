// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a rank learns from and validates with, dealt to shards.
//
// Runs in: offline.
// Threads: plain values.

#include <array>
#include <cstdint>
#include <deque>

#include "trainer/comm.h"
#include "trainer/sample_plan.h"

namespace foreshape {

/// This rank's shards; the others' are empty here.
template <class Sample>
struct Shards {
  std::array<std::deque<Sample>, kShards> learn, validate;
  std::array<std::uint64_t, kShards> learn_sizes{};  ///< of every shard, on whichever rank
  std::uint64_t samples = 0, validation = 0;         ///< on all ranks

  /// Fills in the numbers, together with the other ranks.
  void count(Comm& comm) {
    std::array<double, kShards + 1> numbers{};
    for (std::size_t shard = 0; shard < kShards; ++shard) {
      numbers[shard] = static_cast<double>(learn[shard].size());
      numbers[kShards] += static_cast<double>(validate[shard].size());
    }
    comm.sum(std::span<double>{numbers});
    samples = 0;
    for (std::size_t shard = 0; shard < kShards; ++shard)
      samples += learn_sizes[shard] = static_cast<std::uint64_t>(numbers[shard]);
    validation = static_cast<std::uint64_t>(numbers[kShards]);
  }
};

}  // namespace foreshape
