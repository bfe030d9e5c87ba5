// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One job for its user: what was requested, predicted, planned and used, and what to request next time.
//
// Runs in: offline.
// Threads: pure functions.

#include <optional>
#include <string>

#include "sql/report_queries.h"
#include "tools/cli/columns.h"
#include "tools/cli/slurm_text.h"

namespace foreshape {

/// Lines of at most 80 columns, harmless whatever the job is called. jobs: what is known of jobs of its name,
/// or nullptr. style: its colours are those of the state. Of a job that has not ended it says how its user follows it.
std::string job_card(const ReportedJob& job, const NameSummary* jobs, std::optional<Unit> unit,
                     const TableStyle& style = {});

}  // namespace foreshape
