// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Options of foreshape replay for trial starts.
//
// Runs in: offline.
// Threads: main thread only.

#include "predictor/base/result.h"
#include "replay/policy.h"
#include "tools/cli/options.h"

namespace foreshape {

void add_trial_options(po::options_description& options);

/// What a policy with trial starts does, as the command line has it.
/// Errors: invalid_input - a value out of its range, and the option's name.
Result<TrialPolicy> trial_policy_of(const ParsedOptions& parsed);

}  // namespace foreshape
