// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What is wrong with a running plugin, by its own figures.
//
// Runs in: offline.
// Threads: pure functions.

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/config/settings.h"
#include "tools/site/order_checks.h"

namespace foreshape {

/// What the operator has to know or to mend, each with the cure; empty where all is well.
/// status: status.json, any member of which may be missing.
std::vector<Check> status_checks(const nlohmann::json& status, const Settings& settings, UnixSeconds now);

}  // namespace foreshape
