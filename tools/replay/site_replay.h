// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// foreshape replay --site: what a site would gain, and who would pay.
//
// Runs in: offline.
// Threads: main thread only; runs scontrol and sacct.

#include "tools/replay/replay_options.h"

namespace foreshape {

/// Replays the site's jobs and prints sentences, or writes what options name.
/// options: site is set. Errors: those of its parts; nothing was written to the store or to Slurm.
Result<void> replay_site(const ReplayOptions& options);

}  // namespace foreshape
