// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What decides about waits at a site, or decided where a trace is from, and has no part in the replay.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

#include "replay/policy.h"
#include "replay/workload.h"
#include "tools/replay/site_machine.h"
#include "tools/site/site_settings.h"

namespace foreshape {

/// A few words for each; what every replay leaves out comes last.
std::vector<std::string> site_omissions(const SiteSettings& settings, const SiteMachine& machine,
                                        Sharing sharing, const std::vector<std::string>& ignored_options);

/// The same of a trace that is replayed with such policies on such a machine.
std::vector<std::string> trace_omissions(Sharing sharing, const std::vector<SchedulingPolicy>& policies);

/// Jobs of the window that were not replayed, with the reason: "112 jobs (no run time)".
std::vector<std::string> left_out_jobs(const LoadReport& report);

}  // namespace foreshape
