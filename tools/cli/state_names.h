// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Slurm's job states by name and by letters: COMPLETED and CD.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

/// The letters that squeue has for a state's name: "CD" for COMPLETED; "?" for a name that is no state.
std::string_view state_letters(std::string_view name);

/// The states, as the store names them, of a list such as "cd,failed,TO": names or letters, any case.
/// What the store has under another name, as it was ingested, is found by either: SUSPENDED, STOPPED,
/// COMPLETING are RUNNING there, REVOKED is CANCELLED.
/// Errors: invalid_input - not a state of Slurm's; the message names it.
Result<std::vector<std::string>> parse_states(std::string_view list);

}  // namespace foreshape
