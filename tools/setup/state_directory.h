// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// StateDir and the journal in it: slurmctld's user's own, since the plugin writes there and trusts what lies
// there.
//
// Runs in: offline.
// Threads: main thread only.

#include "tools/setup/setup_site.h"
#include "tools/setup/step.h"

namespace foreshape {

/// purge: removal drops what lies in it; otherwise it stays.
SetupStep state_directory_step(const SetupSite& site, bool purge);
/// JournalDir, where it is not made yet: also when it lies elsewhere.
SetupStep journal_directory_step(const SetupSite& site, bool purge);

}  // namespace foreshape
