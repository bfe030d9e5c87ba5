// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the page of `sshape html` shows, as values.
//
// Runs in: offline.
// Threads: plain values.

#include <string>
#include <vector>

#include "sql/memory_savings.h"
#include "sql/report_queries.h"
#include "sql/weekly_queries.h"

namespace foreshape {

/// Of the jobs that ended in the window.
struct WeeklyReport {
  std::string whose;  ///< "all users", or who
  UnixSeconds start_s = 0, end_s = 0;
  std::vector<WeekWaits> waits;  ///< oldest first
  WeekWaits all_waits;
  Calibrations calibrations;
  std::vector<RunTimesOf> run_times;
  std::vector<ReportedHold> holds;
  std::vector<MemorySavings> savings;  ///< by week, oldest first
  MemorySavings all_savings;
  std::vector<UserSummary> users;           ///< most core-hours first
  std::vector<MemorySavings> user_savings;  ///< by user
};

}  // namespace foreshape
