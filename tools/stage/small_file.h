// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A small file in an open directory, read whole and never through a link.
//
// Runs in: offline.
// Threads: pure functions over the file system.

#include <cstddef>
#include <string>

#include "predictor/base/result.h"

namespace foreshape {

/// Errors: not_found; invalid_input - not a regular file, not the caller's own, or larger than max_bytes;
/// unavailable. The message names the file.
Result<std::string> read_small_file(int directory, const std::string& name, std::size_t max_bytes);

}  // namespace foreshape
