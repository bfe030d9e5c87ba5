// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// status.json as the plugin's agent thread writes it (its members: slurm-plugin/agent/README.md).
//
// Runs in: offline.
// Threads: pure functions over the file system.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "predictor/base/result.h"

namespace foreshape {

/// The object in the file; any of its members may be missing.
/// Errors: not_found - the plugin has written none, or elsewhere; corrupt - no JSON object; those of
/// read_file.
Result<nlohmann::json> load_status(const std::string& path);

}  // namespace foreshape
