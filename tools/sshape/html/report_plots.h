// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The plots of the page of `sshape html`, as SVG; each says in data-plot what it shows.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>

#include "tools/sshape/html/weekly_report.h"

namespace foreshape {

/// data-plot="calibration": the share of jobs within each predicted quantile, over the line where it should be.
std::string calibration_plot(const Calibration& calibration, const char* what);

/// data-plot="run-times": the middle and the tenths of what was used, over what was predicted.
std::string run_times_plot(const std::vector<RunTimesOf>& times);

/// data-plot="waits": the mean as bars and the median as a line, by week.
std::string weekly_waits_plot(const std::vector<WeekWaits>& weeks);

/// data-plot="savings": GiB-hours allocated, given back and lost, by week.
std::string savings_plot(const std::vector<MemorySavings>& weeks);

/// "2026-11-23"
std::string day_of(UnixSeconds moment);

}  // namespace foreshape
