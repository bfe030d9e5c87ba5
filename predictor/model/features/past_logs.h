// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Natural logarithms of what past jobs requested and used, each made once and many at a time: a quarter of the
// features' time was in making them where they were needed.
//
// Runs in: slurmctld and offline. No libm.
// Threads: pure functions.

#include <array>
#include <cstddef>
#include <span>

#include "predictor/baseline/candidates.h"

namespace foreshape {

/// By the index of a candidate (or of one of the user's own jobs, which come first); of at least 1 each.
struct PastLogs {
  static constexpr std::size_t kLanes = 16;
  static constexpr std::size_t kMax = (kProfileJobs + kLanes - 1) / kLanes * kLanes;
  /// So many, filled up to whole vectors.
  static constexpr std::size_t whole(std::size_t size) { return (size + kLanes - 1) / kLanes * kLanes; }
  using Column = std::array<float, kMax>;
  alignas(64) Column run_s, limit_s;

  /// ln(run / limit) / 3, within 15 / 3; 0 (all of it) where the job had no limit.
  float share_of_limit(const PastJob& past, std::size_t i) const;
};

/// The first candidates.size of each column are set.
void logs_of(const Candidates& candidates, PastLogs& logs);

/// x := ln x of each. A multiple of PastLogs::kLanes of them, aligned for it, all > 0 and normal.
void take_logs(std::span<float> values);

}  // namespace foreshape
