// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Connection strings and URIs, as libpq reads them.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <utility>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

/// What a connection string or URI says of one of libpq's keywords ("host"); "" where it does not.
std::string conninfo_part(const std::string& conninfo, const char* keyword);

/// The connection string with these keywords instead of its own.
/// Errors: invalid_input - it is none.
Result<std::string> conninfo_with(const std::string& conninfo,
                                  const std::vector<std::pair<std::string, std::string>>& keywords);

}  // namespace foreshape
