// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The report as JSON: figures are numbers in seconds and bytes, what is not known is null, texts are valid
// UTF-8 whatever a user wrote.
//
// Runs in: offline.
// Threads: pure functions.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sql/memory_savings.h"
#include "sql/report_queries.h"
#include "tools/sshape/shadow_week.h"

namespace foreshape {

nlohmann::ordered_json to_json(const ReportedJob& job);
nlohmann::ordered_json to_json(const UserSummary& summary);
nlohmann::ordered_json to_json(const NameSummary& jobs);
nlohmann::ordered_json to_json(const ReportedHold& hold);
nlohmann::ordered_json to_json(const ShadowWeek& week);
nlohmann::ordered_json to_json(const StagingWeek& week);
nlohmann::ordered_json to_json(const MemorySavings& savings);

/// The value as text, bytes that are no UTF-8 replaced by U+FFFD, and characters that a terminal would obey
/// escaped. indent: -1 = on one line.
std::string dumped(const nlohmann::ordered_json& value, int indent = 2);

}  // namespace foreshape
