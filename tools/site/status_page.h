// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What `foreshape status` shows: the plugin's own figures as a page for people.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "predictor/config/settings.h"

namespace foreshape {

/// What the journal's directory says; absent where we may not look into it.
struct JournalBacklog {
  std::int64_t bytes = 0;
  std::size_t files = 0;
  std::uint64_t waiting = 0;  ///< records that ingest does not have yet
};

/// Reads the directory of a journal whose next record gets this number.
/// Errors: those of list_journal_files.
Result<JournalBacklog> journal_backlog(const std::string& directory, std::uint64_t next_sequence);

/// The figures, a line each. status: status.json, any member of which may be missing.
std::string status_page(const nlohmann::json& status, const Settings& settings,
                        const std::optional<JournalBacklog>& backlog, UnixSeconds now);

}  // namespace foreshape
