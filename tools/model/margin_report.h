// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What `foreshape evaluate --margins` says.
//
// Runs in: offline.
// Threads: pure functions.

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "trainer/margin_trial.h"

namespace foreshape {

/// docs/evaluate-json.md, margin_methods. Trials that no job counted in are left out.
nlohmann::json margin_json(std::span<const MarginResults> trials);

/// The same for a terminal; empty where there is nothing.
std::string margin_table(std::span<const MarginResults> trials);

}  // namespace foreshape
