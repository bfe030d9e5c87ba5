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
/// For people 80 columns at most; is_long: all of them.
std::string summary_format(SummaryBy by, bool is_long, bool is_for_programs);
std::vector<std::string> summary_texts(const std::vector<Column>& columns, const UserSummary& summary);

/// All together, as one entry with "(all)" for the user, account or array.
UserSummary total_of(const std::vector<UserSummary>& users, SummaryBy by = SummaryBy::user);

std::span<const FieldName> hold_field_names();
inline constexpr const char* kDefaultHoldFormat =
    "Reservation%-16,Kind,User%8,Nodes,Created,Outcome,IdleNodeH";  // 80 columns
inline constexpr const char* kWideHoldFormat =
    "Reservation,Kind,Partition,User,Nodes,Created,Deadline,Outcome,Hits,IdleNodeH";
std::vector<std::string> hold_texts(const std::vector<Column>& columns, const ReportedHold& hold);

}  // namespace foreshape
