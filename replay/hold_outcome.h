// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What came of holding processors in a replay.
//
// Runs in: offline.
// Threads: plain values.

#include <cstdint>
#include <vector>

#include "predictor/plan/pre_allocation.h"
#include "replay/workload.h"

namespace foreshape {

/// A job that a hold let in.
struct HoldHit {
  JobIndex job = 0;
  HoldKind kind = HoldKind::pool;
};

struct HoldOutcome {
  std::vector<HoldHit> hits;   ///< in the order of their starts
  std::uint64_t personal = 0;  ///< holds made for single users, each time anew that they go on
  std::uint64_t misses = 0;    ///< of these: nobody came by the deadline
  std::int64_t idle_s = 0;     ///< processor-seconds that holds kept idle while others waited
};

}  // namespace foreshape
