// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What Memory=enforce gave back and what it cost, asked of the store.
//
// Runs in: offline.
// Threads: as the connection.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "sql/job_filter.h"

namespace foreshape {

class Pg;

enum class SavingsBy : std::uint8_t { week, user, qos };

/// Of the runs that ended in a window. Each run counts by what it held, for as long as accounting says that it ran. One that
/// was given less than requested and was killed for want of memory is a loss and nothing else: without Memory=enforce there
/// would have been no such run. All others are what would have run anyway.
struct MemorySavings {
  std::string group;         ///< a user or QOS; "" of a week; kAllSavings: of all together
  UnixSeconds week_s = 0;    ///< its Monday, 00:00 local time; 0 = not by week
  std::int64_t jobs = 0;     ///< that ran and ended, each once
  std::int64_t unknown = 0;  ///< runs of which the store has no allocated memory: they are in no figure below
  std::int64_t shaped = 0;   ///< runs with less than requested that were not killed
  std::int64_t killed = 0;   ///< runs with less than requested that were
  std::int64_t reruns = 0;   ///< of the killed ones: ran again
  double gib_hours_requested = 0, gib_hours_allocated = 0;  ///< of all that were not killed
  double gib_hours_given_back = 0;                          ///< of the shaped ones: requested less allocated
  double gib_hours_lost = 0;                                ///< what the killed ones held
  double core_hours_lost = 0;
  double gib_hours_measured = 0;  ///< of gib_hours_allocated: what was held by runs whose peak was measured
  double gib_hours_unused = 0;    ///< of these: allocated above the peak
};
inline constexpr const char* kAllSavings = "(all)";

/// One entry for each user, QOS or week that has any, in order. weeks: beginnings, ascending, not empty where by week; what
/// ended before the first counts there. filter: its states are not looked at.
/// Errors: those of Pg.
Result<std::vector<MemorySavings>> memory_savings(Pg& db, const JobFilter& filter, SavingsBy by,
                                                  std::span<const UnixSeconds> weeks);

/// All together, as one entry.
MemorySavings total_of(std::span<const MemorySavings> savings);

}  // namespace foreshape
