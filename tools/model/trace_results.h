// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The traces of commands that judge predictors on them, and their JSON.
//
// Runs in: offline.
// Threads: main thread only.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/clock.h"
#include "trainer/traced_job.h"

namespace foreshape {

/// Drops the jobs submitted at or after that moment; nullopt = none.
void leave_out_from(std::optional<UnixSeconds> end_s, std::vector<TracedJob>& jobs);

/// Writes {"version": 1, "traces": traces} to the file, to stdout where it is "-", nowhere where it is empty.
/// The exit code; a failure has been reported as the program's.
int write_trace_results(const char* program, const std::string& path, const nlohmann::json& traces);

}  // namespace foreshape
