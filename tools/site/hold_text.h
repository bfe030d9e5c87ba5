// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What is held and what came of it, for `foreshape status`.
//
// Runs in: offline.
// Threads: pure function.

#include <nlohmann/json.hpp>
#include <string>

namespace foreshape {

/// status: status.json. "off" where nothing is held any more either.
std::string hold_text(const nlohmann::json& status);

}  // namespace foreshape
