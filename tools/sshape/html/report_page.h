// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The page of `sshape html`: one document that opens offline, without script.
//
// Runs in: offline.
// Threads: pure functions; dates are of the process's time zone.

#include <string>

#include "tools/sshape/html/weekly_report.h"

namespace foreshape {

/// Nothing in it is fetched from anywhere, and all that users wrote is escaped.
std::string report_page(const WeeklyReport& report);

}  // namespace foreshape
