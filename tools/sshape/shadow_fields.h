// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// `sshape shadow`: a week's fields, and the same as sentences for a mail.
//
// Runs in: offline.
// Threads: pure functions.

#include <span>
#include <string>
#include <vector>

#include "tools/cli/columns.h"
#include "tools/sshape/shadow_week.h"

namespace foreshape {

std::span<const FieldName> shadow_field_names();
inline constexpr const char* kDefaultShadowFormat =
    "Week,OrderJobs,Waited,Moved,Ahead,AheadOf,AheadWait,Passed,PassedBy,PassedWait,MemJobs,MemEnded,"
    "MemMeasured,GiBhReq,GiBhBack,Kills,CPUhAgain,Holds,HoldsHit,HoldsUnused,IdleNodeH";
std::vector<std::string> shadow_texts(const std::vector<Column>& columns, const ShadowWeek& week);

/// At most 78 columns; ends by naming the dry runs of which nothing is recorded, and how to begin them.
std::string shadow_mail(std::span<const ShadowWeek> weeks);

}  // namespace foreshape
