// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The fields of `sshape names`.
//
// Runs in: offline.
// Threads: pure functions.

#include <span>
#include <string>
#include <vector>

#include "sql/report_queries.h"
#include "tools/cli/columns.h"

namespace foreshape {

std::span<const FieldName> name_field_names();
/// 80 columns: of one's own jobs; of those of others with the user's name.
inline constexpr const char* kDefaultNameFormat =
    "JobName%-8,Jobs%4,ReqTime,MaxTime,ReqMem,MaxMem,NextRequest";
inline constexpr const char* kNamesOfOthersFormat = "User%8,JobName%-17,Jobs%4,MaxTime,MaxMem,NextRequest";
/// For programs, which mind no width.
inline constexpr const char* kWideNamesOfOthersFormat =
    "User,JobName,Jobs,ReqTime,MaxTime,ReqMem,MaxMem,NextRequest";
std::vector<std::string> name_texts(const std::vector<Column>& columns, const NameSummary& jobs);

}  // namespace foreshape
