// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The fields of `sshape JOBID` as a table: those of a job, and what to request next time.
//
// Runs in: offline.
// Threads: pure functions.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sql/report_queries.h"
#include "tools/cli/columns.h"
#include "tools/cli/slurm_text.h"

namespace foreshape {

/// Those of the job report in their order, then NextRequest.
std::span<const FieldName> advised_field_names();

inline constexpr const char* kAdvisedJobFormat =
    "JobID,JobName,User,State,Wait,ReqTime,PredTime,PlanTime,Elapsed,TimeEff,ReqCPUS,CPUEff,ReqMem,PredMem,"
    "PlanMem,MaxRSS,MemEff,ReqGPUS,NextRequest";

/// jobs: what is known of jobs of this name, or nullptr. Not yet harmless: row_text does that.
std::vector<std::string> advised_texts(const std::vector<Column>& columns, const ReportedJob& job,
                                       const NameSummary* jobs, std::optional<Unit> unit);

}  // namespace foreshape
