// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The associations that slurmctld itself keeps, as `scontrol show assoc_mgr` has them: slurmdbd is not asked.
//
// Runs in: slurmctld (agent thread only, with no lock held: an RPC to this very process).
// Threads: one thread at a time.

#include "predictor/base/result.h"
#include "slurm-plugin/slurm/user_defaults.h"

namespace foreshape {

/// Without accounting: nothing in it.
/// Errors: unavailable - slurmctld does not answer yet or no longer.
Result<AssociationRows> load_associations();

}  // namespace foreshape
