// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What became of jobs' memory, for `foreshape status`.
//
// Runs in: offline.
// Threads: pure function.

#include <nlohmann/json.hpp>
#include <string>

namespace foreshape {

/// status: status.json. Empty where there is nothing to say: the lever is for those who switch it on.
std::string memory_text(const nlohmann::json& status);

}  // namespace foreshape
