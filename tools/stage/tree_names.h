// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The names in an open directory, a bounded number of them.
//
// Runs in: offline.
// Threads: pure functions over the file system.

#include <cstddef>
#include <string>
#include <vector>

#include "predictor/base/descriptor.h"
#include "predictor/base/result.h"

namespace foreshape {

/// The first `most` names in a directory, in no order, without "." and "..". `directory` stays where it is.
/// Errors: unavailable - the system's reason.
Result<std::vector<std::string>> names_in(int directory, std::size_t most);

/// Opens a directory in a directory, never through a link. Not open where it is none (errno says why).
Descriptor open_below(int directory, const std::string& name);

/// Whether that name in a directory still is what `opened` was opened as.
bool is_named(int directory, const std::string& name, int opened);

/// The system's reason for what failed last.
std::string last_reason();

}  // namespace foreshape
