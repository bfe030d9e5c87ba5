// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Options of foreshape replay for the policies that hold processors.
//
// Runs in: offline.
// Threads: main thread only.

#include "predictor/base/result.h"
#include "replay/policy.h"
#include "tools/cli/options.h"

namespace foreshape {

void add_hold_options(po::options_description& options);

/// What a policy holds by, as the command line has it. site: the Hold settings of --conf, nullptr without.
/// Errors: invalid_input - a value out of its range; the message names it.
Result<void> set_hold_options(const ParsedOptions& parsed, const HoldPolicy* site, HoldingPolicy& hold);

}  // namespace foreshape
