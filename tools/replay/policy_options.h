// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Options of foreshape replay that say which policies are compared, and by what they predict.
//
// Runs in: offline.
// Threads: main thread only.

#include <vector>

#include "predictor/base/result.h"
#include "replay/policy.h"
#include "tools/cli/options.h"

namespace foreshape {

void add_policy_options(po::options_description& options);

/// In the order in which they were named, with the site's settings in them. Reads --model and --conf.
/// Errors: invalid_input - what no policy can have, and the option's name; those of a file that was named.
Result<std::vector<SchedulingPolicy>> policies_of(const ParsedOptions& parsed);

}  // namespace foreshape
