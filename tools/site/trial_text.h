// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What became of trial starts, for `foreshape status`.
//
// Runs in: offline.
// Threads: pure function.

#include <nlohmann/json.hpp>
#include <string>

namespace foreshape {

/// status: status.json. Empty where trial starts are off and none is open.
std::string trial_text(const nlohmann::json& status);

}  // namespace foreshape
