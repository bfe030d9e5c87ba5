// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The JSON of commands that judge predictors on traces.
//
// Runs in: offline.
// Threads: main thread only.

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace foreshape {

/// Writes {"version": 1, "traces": traces} to the file, to stdout where it is "-", nowhere where it is empty.
/// The exit code; a failure has been reported as the program's.
int write_trace_results(const char* program, const std::string& path, const nlohmann::json& traces);

}  // namespace foreshape
