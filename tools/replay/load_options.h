// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Options of foreshape replay that say which jobs run again, and on what machine.
//
// Runs in: offline.
// Threads: main thread only.

#include "predictor/base/result.h"
#include "replay/workload.h"
#include "tools/cli/options.h"

namespace foreshape {

void add_load_options(po::options_description& options);

/// Errors: invalid_input - a value that is none, or options that exclude each other; the message names them.
Result<LoadOptions> load_options_of(const ParsedOptions& parsed);

}  // namespace foreshape
