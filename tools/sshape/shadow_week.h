// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What would have come of what dry runs decided, week by week.
//
// Runs in: offline.
// Threads: plain values and pure functions; weeks begin by the process's time zone.

#include <cstdint>
#include <span>
#include <vector>

#include "sql/report_queries.h"

namespace foreshape {

/// Order=dry-run, jobs by the week of their submission.
struct OrderShadow {
  std::int64_t jobs = 0;
  std::int64_t waited = 0;  ///< a minute or more; shorter waits are Slurm's own pace, and change no order
  std::int64_t moved = 0;   ///< of these: would have stood elsewhere, one way or both
  std::int64_t ahead = 0, ahead_of = 0;    ///< would have gone ahead of others, and of how many together
  std::int64_t passed = 0, passed_by = 0;  ///< would have been passed, and by how many together
  std::int64_t ahead_wait_s = 0, passed_wait_s = 0;  ///< how long these really waited, together
};

/// Memory=dry-run or advise, jobs by the week of their submission.
struct MemoryShadow {
  std::int64_t jobs = 0;
  std::int64_t ended = 0;          ///< ran and have ended
  std::int64_t measured = 0;       ///< of these: accounting saw their peak
  std::int64_t killed = 0;         ///< of these: used more than they would have had, and would have run twice
  double gib_hours_requested = 0;  ///< of the ended ones
  double gib_hours_given_back = 0;  ///< of those that would not have been killed
  double core_hours_again = 0;      ///< of the killed ones' runs, at most
};

/// Hold=dry-run, by the week in which a hold began.
struct HoldShadow {
  std::int64_t holds = 0, hit = 0, unused = 0;  ///< the others are open
  std::int64_t idle_node_s = 0;
};

struct ShadowWeek {
  UnixSeconds monday_s = 0;  ///< 00:00 local time
  OrderShadow order;
  MemoryShadow memory;
  HoldShadow holds;
};

/// Every week of the window [start_s, end_s), oldest first, also those without anything. now: until when
/// jobs without a start have waited.
/// jobs: of all queues, in any order. holds: those outside of the window, and those that were real, are
/// passed over.
std::vector<ShadowWeek> shadow_weeks(std::span<const ShadowJob> jobs, std::span<const ReportedHold> holds,
                                     UnixSeconds start_s, UnixSeconds end_s, UnixSeconds now);

}  // namespace foreshape
