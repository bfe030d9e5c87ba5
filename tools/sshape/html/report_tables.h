// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The tables of the page of `sshape html`: the figures behind each plot, for whoever cannot see it or wants them exactly.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>

#include "tools/sshape/html/weekly_report.h"

namespace foreshape {

std::string calibrations_table(const Calibrations& calibrations);
std::string run_times_table(const std::vector<RunTimesOf>& times);
std::string waits_table(const WeeklyReport& report);
/// Of real holds, and of dry runs where there are any.
std::string holds_table(const std::vector<ReportedHold>& holds);
std::string savings_table(const WeeklyReport& report);
/// The ten users with the most core-hours.
std::string users_table(const WeeklyReport& report);

/// "12.3 %"; a dash where it is not known.
std::string share_words(std::optional<double> share);

}  // namespace foreshape
