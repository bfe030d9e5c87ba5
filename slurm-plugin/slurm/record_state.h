// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The state of a job in Slurm's own list.
//
// Runs in: slurmctld.
// Threads: pure function.

#include <cstdint>

#include "predictor/base/job.h"

namespace foreshape {

/// The state that Slurm's number stands for, its flags left out.
JobState job_state(std::uint32_t slurm_state);

}  // namespace foreshape
