// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What decides about waits at a site and has no part in its replay.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

#include "replay/workload.h"
#include "tools/replay/site_machine.h"
#include "tools/site/site_settings.h"

namespace foreshape {

/// A few words for each; what every replay leaves out comes last.
std::vector<std::string> site_omissions(const SiteSettings& settings, const SiteMachine& machine,
                                        Sharing sharing, const std::vector<std::string>& ignored_options);

/// Jobs of the window that were not replayed, with the reason: "112 jobs (no run time)".
std::vector<std::string> left_out_jobs(const LoadReport& report);

}  // namespace foreshape
