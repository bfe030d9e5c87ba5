// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Questions to slurmctld through its own public API, each answer owned by a C++ object.
//
// Runs in: slurmctld (agent thread only, with no lock held: each question is an RPC to this very process).
// Threads: one thread at a time.

#include <ctime>
#include <memory>
#include <slurm/slurm.h>
#include <vector>

#include "predictor/base/result.h"
#include "slurm-plugin/slurm/rpc/slurm_answer.h"
#include "slurm-plugin/slurm/site_facts.h"

namespace foreshape {

using JobList = std::unique_ptr<job_info_msg_t, FreeJobs>;

/// All jobs that slurmctld knows, if any has changed since `since` (0 = in any case); NULL if none has.
/// Errors: unavailable - slurmctld does not answer yet (for seconds after its start) or no longer.
Result<JobList> changed_jobs(std::time_t since);

/// slurm.conf as it is in force now; the sizes are those of all nodes.
/// Errors: unavailable.
Result<SiteFacts> load_site_facts();

}  // namespace foreshape
