// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One job as Slurm has it at this moment, asked before something is done to it.
//
// Runs in: slurmctld (agent thread only, with no lock held).
// Threads: one thread at a time.

#include "predictor/base/job.h"
#include "predictor/base/result.h"
#include "slurm-plugin/slurm/rpc/slurm_query.h"

namespace foreshape {

/// The job, if it is in this state: the first record of the answer. Behind it are the other tasks of its array, where
/// its number is that of the whole array.
/// Errors: not_found - it is gone, or in another state; unavailable - slurmctld does not answer.
Result<JobList> job_now(JobId job, JobState state);

}  // namespace foreshape
