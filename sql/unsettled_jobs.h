// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Jobs whose end the store may have missed: what a live ingest requests again by id.
//
// Runs in: offline.
// Threads: as the connection.

#include <string>
#include <vector>

#include "predictor/base/job.h"
#include "sql/pg.h"

namespace foreshape {

/// Raw ids: what the store takes for unfinished, and what the agent saw end and accounting did not tell of.
/// Errors: those of Pg.
Result<std::vector<JobId>> unsettled_jobs(Pg& db, const std::string& cluster);

}  // namespace foreshape
