// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A site's own past jobs, from the store or straight from sacct.
//
// Runs in: offline.
// Threads: main thread only.

#include <string>

#include "tools/replay/replay_options.h"
#include "tools/replay/site_jobs.h"

namespace foreshape {

/// Where jobs of the window come from: the store; sacct if there is no store, or none of these jobs in it.
/// read: a text for people, set to where they were read.
/// Errors: those of Pg or SacctSource; where neither has them, unavailable with what both said.
Result<void> read_site_history(const SiteRequest& request, const std::string& cluster,
                               const SiteWindow& window, SiteJobs& jobs, std::string& read);

}  // namespace foreshape
