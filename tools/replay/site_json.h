// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The report of `foreshape replay --site` as JSON: the member "site" of docs/replay-json.md.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

#include "replay/experiment.h"
#include "tools/replay/site_sentences.h"

namespace foreshape {

/// json_text of the runs with the member "site". Figures that are none are null.
std::string site_json_text(const SiteReport& report, const std::vector<ReplayRun>& runs,
                           const std::vector<Comparison>& comparisons);

}  // namespace foreshape
