// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// slurm.conf: the three lines said, or with --apply put in, with a backup beside it.
//
// Runs in: offline.
// Threads: main thread only.

#include <string>

#include "tools/setup/setup_site.h"
#include "tools/setup/step.h"

namespace foreshape {

/// apply: the file is changed; otherwise the step says what to write. purge: removal is refused while
/// slurm.conf or the running slurmctld still has us, since slurmctld would start without its plugins' files
/// or write new ones.
SetupStep slurm_conf_step(const SetupSite& site, bool apply, bool purge);

/// Beside slurm.conf: what it was before.
std::string conf_backup_path(const SetupSite& site);

}  // namespace foreshape
