#pragma once
// What a rank learns from and judges by, dealt to lanes.
//
// Runs in: offline.
// Threads: plain values.

#include <array>
#include <cstdint>
#include <deque>

#include "trainer/comm.h"
#include "trainer/sample_plan.h"

namespace foreshape {

/// This rank's lanes; the others' are empty here.
template <class Sample>
struct Lanes {
  std::array<std::deque<Sample>, kLanes> learn, judge;
  std::array<std::uint64_t, kLanes> learn_sizes{};  ///< of every lane, on whichever rank
  std::uint64_t samples = 0, judges = 0;            ///< on all ranks

  /// Fills in the numbers, together with the other ranks.
  void count(Comm& comm) {
    std::array<double, kLanes + 1> numbers{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      numbers[lane] = static_cast<double>(learn[lane].size());
      numbers[kLanes] += static_cast<double>(judge[lane].size());
    }
    comm.sum(std::span<double>{numbers});
    samples = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      samples += learn_sizes[lane] = static_cast<std::uint64_t>(numbers[lane]);
    judges = static_cast<std::uint64_t>(numbers[kLanes]);
  }
};

}  // namespace foreshape
