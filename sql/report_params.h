// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A report's filter as the parameters that its queries share.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

#include "sql/job_filter.h"
#include "sql/pg.h"

namespace foreshape {

/// $1 to $10 of report_jobs.sql and of the queries that say "as in report_jobs".
std::vector<PgParam> params_of(const JobFilter& filter);

/// A text[] parameter, NULL where the list is empty: no limit.
PgParam any_of(const std::vector<std::string>& words);

}  // namespace foreshape
