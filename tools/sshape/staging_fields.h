// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The fields of `sshape stage`: a user's staging in one week.
//
// Runs in: offline.
// Threads: pure functions.

#include <span>
#include <string>
#include <vector>

#include "sql/report_queries.h"
#include "tools/cli/columns.h"

namespace foreshape {

std::span<const FieldName> staging_field_names();
inline constexpr const char* kDefaultStagingFormat =
    "Week,User,Hit,Miss,HitRate,Copies,Staged,Unused,ReadSaved";
std::vector<std::string> staging_texts(const std::vector<Column>& columns, const StagingWeek& week);

}  // namespace foreshape
