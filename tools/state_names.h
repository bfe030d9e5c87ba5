#pragma once
// Slurm's job states by name and by letters: COMPLETED and CD.
//
// Runs in: offline.
// Threads: pure functions.

#include <string_view>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/base/result.h"

namespace foreshape {

/// "COMPLETED". An unknown state is "UNKNOWN".
std::string_view state_name(JobState state);

/// "CD", as squeue's compact state. An unknown state is "?".
std::string_view state_letters(JobState state);

/// The states of a list such as "cd,failed,TO": names or letters, any case.
/// SUSPENDED and STOPPED jobs count as running, REVOKED, RESIZING and the like match no job of ours.
/// Errors: invalid_input - not a state of Slurm's; the message names it.
Result<std::vector<JobState>> parse_states(std::string_view list);

}  // namespace foreshape
