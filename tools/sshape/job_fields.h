// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The fields of the job report: names and widths as in sacct where the field is one of sacct's.
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

/// What --format may ask for, in the order of --helpformat.
std::span<const FieldName> job_field_names();

/// 80 columns: of one's own jobs; of those of others with the user's name.
inline constexpr const char* kDefaultJobFormat =
    "JobID%-10,JobName%9,ST,ReqTime,PredTime%8,Elapsed,ReqMem%6,PredMem%7,MaxRSS%8";
inline constexpr const char* kJobsOfOthersFormat =
    "JobID%-10,User%9,ST,ReqTime,PredTime%8,Elapsed,ReqMem%6,PredMem%7,MaxRSS%8";
/// For programs, which mind no width.
inline constexpr const char* kWideJobFormat =
    "JobID,JobName,User,State,ReqTime,PredTime,PlanTime,Elapsed,ReqMem,PredMem,PlanMem,MaxRSS";
inline constexpr const char* kLongJobFormat =
    "JobID,JobName,User,Account,Partition,QOS,State,Submit,Start,End,Wait,ReqCPUS,AllocCPUS,AllocNodes,"
    "ReqGPUS,ReqTime,PredTime,PredTime95,PlanTime,Elapsed,TimeEff,TimeFit,ReqMem,PredMem,PredMem99,PlanMem,"
    "MaxRSS,MemEff,MemFit,CPUEff,PredCPUEff,"
    "DiskRead,"
    "PredRead,DiskWrite,PredWrite,TimeMode,MemMode,Evidence,Model,Jobs";

/// The text of each column for a job; "" where there is nothing to say. Not yet harmless: row_text does that.
std::vector<std::string> job_texts(const std::vector<Column>& columns, const ReportedJob& job,
                                   std::optional<Unit> unit);

/// Seconds from submission to start; nullopt where it has not started.
std::optional<std::int64_t> waited(const ReportedJob& job);

/// Used over requested: run time of the time limit, peak memory of the memory of a node. nullopt where one
/// of them is not known.
std::optional<double> time_efficiency(const ReportedJob& job);
std::optional<double> memory_efficiency(const ReportedJob& job);

/// smaller / larger of two positive figures: 1 = right, .5 = twice or half.
std::optional<double> fit(std::optional<double> predicted, std::optional<std::int64_t> used);

}  // namespace foreshape
