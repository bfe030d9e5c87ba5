// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which options go with which view of sshape.
//
// Runs in: offline.
// Threads: pure functions.

#include <string_view>

#include "predictor/base/result.h"
#include "tools/cli/options.h"

namespace foreshape {

/// True where the command line names that view.
bool is_view(const ParsedOptions& parsed, std::string_view view);

/// Errors: invalid_input - an option that the view does not take, and why.
Result<void> check_view(const ParsedOptions& parsed);

}  // namespace foreshape
