// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How long something takes, counted without a lock: 16 buckets for each power of two of nanoseconds.
//
// Runs in: slurmctld.
// Threads: add() and summary() from any thread; a summary may miss what is added meanwhile.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace foreshape {

struct LatencySummary {
  std::uint64_t count = 0;
  double mean_ns = 0;
  std::uint64_t p50_ns = 0, p90_ns = 0, p99_ns = 0, p999_ns = 0, max_ns = 0;
};

class LatencyHistogram {
 public:
  void add(std::uint64_t ns);
  /// Quantiles are upper ends of buckets: at most 1/16 too large, never too small.
  LatencySummary summary() const;

 private:
  // Values below 16 have a bucket each; a value with its highest bit at b >= 4 lies in row b - 3.
  static constexpr std::size_t kColumns = 16, kRows = 37;  // up to 2^40 ns = 18 minutes; beyond: the last
  std::array<std::atomic<std::uint64_t>, kColumns * kRows> buckets_{};
  std::atomic<std::uint64_t> sum_ns_{0}, max_ns_{0};
};

}  // namespace foreshape
