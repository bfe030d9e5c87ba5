// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One job explained in one line: what was requested, what was predicted, why, from how many jobs.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>

#include "sql/report_queries.h"

namespace foreshape {

/// E.g. "123 'relax' of alice: requested 1-00:00:00 and 64G; predicted 00:38:10 (95%: 00:41:00) and 4.20G
/// (99%: 5.10G) from 20 of the user's own jobs, 18 of them alike; planned 00:41:00 (observe) and 5.10G
/// (observe); used 00:39:12 and 4.70G, COMPLETED". Not yet harmless.
std::string why_text(const ReportedJob& job);

}  // namespace foreshape
