// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Faults and losses that an administrator has seen to: they count since slurmctld's start, and a monitor would
// otherwise go on about them until the next one.
//
//   <StateDir>/acknowledged.json    what the counts were then, and in which slurmctld
//
// Runs in: offline.
// Threads: pure functions over the file system.

#include <nlohmann/json.hpp>
#include <string>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"

namespace foreshape {

/// Keeps the counts of status.json as they are. Errors: those of replace_owned_file.
Result<void> acknowledge(const std::string& state_dir, const nlohmann::json& status, UnixSeconds now);

/// The status with what has been counted since the last acknowledgement; as it is where there was none, or
/// where slurmctld has been started since. What can't be read acknowledges nothing.
nlohmann::json since_acknowledged(const std::string& state_dir, nlohmann::json status);

}  // namespace foreshape
