// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a state's name of Slurm's means here, where there are fewer.
//
// Runs in: slurmctld and offline.
// Threads: pure functions.

#include <optional>
#include <string_view>

#include "predictor/base/job.h"

namespace foreshape {

/// CANCELLED for REVOKED, RUNNING for SUSPENDED; nullopt for what is no state of Slurm's.
std::optional<JobState> job_state_of(std::string_view name);

/// Of the first state whose name begins so.
std::optional<JobState> job_state_beginning(std::string_view beginning);

}  // namespace foreshape
