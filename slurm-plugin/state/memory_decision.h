// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether a submitted job is given less memory than requested, and what it is then told.
//
// Runs in: slurmctld (RPC threads: bounded).
// Threads: any; the caller owns descriptor and plan.

#include <cstdint>
#include <optional>
#include <slurm/slurm.h>

#include "predictor/base/memory_mark.h"
#include "predictor/planned_job.h"
#include "slurm-plugin/slurm/job_request.h"
#include "slurm-plugin/slurm/memory_lever.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

/// What the job requests if it is one that may be given less. Its plan says by how much: by nothing where enough jobs
/// like it are out with less already.
std::optional<MemoryRequest> decide_memory(RuntimeState& state, const job_desc_msg_t& job,
                                           const SubmittedJob& submitted, const SiteFacts& facts,
                                           const Settings& settings, PlannedJob& planned);

/// What the plan means for the memory of a job that may be shaped; nullopt where it is a dry run. What keeps
/// its request now may be given less once more is known.
std::optional<MemoryMark> memory_of(const Plan& plan, const MemoryRequest& requested);

}  // namespace foreshape
