// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The fields of `sshape summary` and `sshape holds`.
//
// Runs in: offline.
// Threads: pure functions.

#include <span>
#include <string>
#include <vector>

#include "sql/report_queries.h"
#include "tools/cli/columns.h"

namespace foreshape {

std::span<const FieldName> summary_field_names();
inline constexpr const char* kDefaultSummaryFormat =
    "User,Jobs,TimeFit,TimeIn95,MemIn99,CPUhReq,CPUhUsed,GiBhReq,GiBhUsed";  // 80 columns
inline constexpr const char* kWideSummaryFormat =
    "User,Jobs,Predicted,TimeFit,TimeSmall,TimeIn95,MemFit,MemSmall,MemIn99,CPUhReq,CPUhUsed,GiBhReq,"
    "GiBhUsed";
std::vector<std::string> summary_texts(const std::vector<Column>& columns, const UserSummary& summary);

/// All users together, as one entry with the name "(all)".
UserSummary total_of(const std::vector<UserSummary>& users);

std::span<const FieldName> hold_field_names();
inline constexpr const char* kDefaultHoldFormat =
    "Reservation%-16,Kind,User%8,Nodes,Created,Outcome,IdleNodeH";  // 80 columns
inline constexpr const char* kWideHoldFormat =
    "Reservation,Kind,Partition,User,Nodes,Created,Deadline,Outcome,Hits,IdleNodeH";
std::vector<std::string> hold_texts(const std::vector<Column>& columns, const ReportedHold& hold);

}  // namespace foreshape
