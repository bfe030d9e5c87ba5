// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The requests of the newest submissions by token, until their outcomes come: Slurm's job list no longer
// has the script and the resources as the user wrote them.
//
// Runs in: slurmctld.
// Threads: any.

#include "predictor/base/job.h"
#include "slurm-plugin/base/token_memory.h"

namespace foreshape {

/// 5 MB. Beyond it a request is made from Slurm's own record of the job, without its script.
using RequestMemory = TokenMemory<JobRequest>;

}  // namespace foreshape
