// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which waiting jobs would have stood elsewhere in a queue that is ordered by submission + offset.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <span>
#include <vector>

#include "predictor/base/clock.h"

namespace foreshape {

/// A job that waited.
struct QueuedJob {
  UnixSeconds submit_s = 0;
  UnixSeconds until_s = 0;    ///< its start, or when it gave up waiting; not before submit_s
  std::int64_t offset_s = 0;  ///< what the order adds to its submission
};

/// Of one job.
struct QueueMove {
  std::int64_t ahead_of = 0;   ///< submitted before it and waiting then, and would have stood behind it
  std::int64_t passed_by = 0;  ///< submitted while it waited, and would have stood ahead of it
};

/// One for each job, in their order. What the queue would have been is said, not when jobs would have
/// started: free nodes and backfill decide that. O(n log n).
std::vector<QueueMove> queue_moves(std::span<const QueuedJob> jobs);

}  // namespace foreshape
