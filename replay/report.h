// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The results of replays as a table, JSON and CSV.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

#include "replay/experiment.h"

namespace foreshape {

/// Version of the JSON that json_text writes; documented in docs/replay-json.md.
inline constexpr int kReplayJsonVersion = 1;

/// {"version": 1, "runs": [...], "comparisons": [...]}, indented, with a newline at the end.
std::string json_text(const std::vector<ReplayRun>& runs, const std::vector<Comparison>& comparisons);

/// One line of names, then one for each run.
std::string csv_text(const std::vector<ReplayRun>& runs);

/// For a terminal: one row for each policy (means over the seeds), then who pays.
std::string table_text(const std::vector<ReplayRun>& runs, const std::vector<Comparison>& comparisons);

/// What was left out of the trace and why; "" if nothing was.
std::string load_report_text(const Workload& load, const LoadReport& report);

}  // namespace foreshape
