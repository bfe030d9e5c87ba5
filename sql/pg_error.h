// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What libpq says of a failure, as an error of ours.
//
// Runs in: offline.
// Threads: pure functions.

#include <libpq-fe.h>
#include <string>
#include <string_view>

#include "predictor/base/result.h"

namespace foreshape {

/// One harmless line of a message of libpq's; "" for null.
std::string libpq_line(const char* message);

/// Of a connection that does not work: unavailable.
Error connection_error(const PGconn* connection);

/// Of a statement that failed; nullptr, or a result without a code: that of the connection.
Error statement_error(const PGconn* connection, const PGresult* failed);

/// Whether the statement failed for a reason that a repetition of its transaction may cure.
bool is_cured_by_repeating(const PGresult* failed);

}  // namespace foreshape
