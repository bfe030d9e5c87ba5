// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What each association has used of the machine, with the past counting less and less.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace foreshape {

/// Usage in processor-seconds; what was used a half-life ago counts half.
///
///   U(t) = sum over jobs of procs x integral of 2^(-(t - s) / half-life) ds, s from start to end or t
///
/// Slurm adds what running jobs used at every PriorityCalcPeriod and decays it then; this is the same in
/// continuous time. Source: Slurm's Multifactor Priority Plugin, "Fair-share Factor"; PriorityDecayHalfLife.
class DecayedUsage {
 public:
  /// half_life_s: above 0.
  DecayedUsage(std::size_t associations, double half_life_s);

  /// The association has so many more processors from now on; below 0: so many fewer.
  /// now_s: never before that of an earlier call.
  void take(std::size_t association, std::int64_t procs, std::int64_t now_s);
  /// Processor-seconds.
  double usage(std::size_t association, std::int64_t now_s);

 private:
  struct Record {
    double used = 0;  // processor-seconds at at_s
    std::int64_t at_s = 0;
    std::int64_t procs = 0;  // since then
  };

  Record& brought_to(std::size_t association, std::int64_t now_s);

  double decay_per_s_;  // natural: ln 2 / half-life
  std::vector<Record> records_;
};

}  // namespace foreshape
