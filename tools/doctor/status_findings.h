// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the plugin says of itself in status.json, as findings; the checks are those of `foreshape status`.
//
// Runs in: offline.
// Threads: pure functions.

#include <nlohmann/json_fwd.hpp>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "predictor/config/settings.h"
#include "tools/doctor/finding.h"

namespace foreshape {

/// status: as load_status() answered.
Findings status_findings(const Result<nlohmann::json>& status, const Settings& settings, UnixSeconds now);

}  // namespace foreshape
