// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the server's pg_hba.conf says of logins through the unix socket. For a superuser's connection.
//
// Runs in: offline.
// Threads: as the connection.

#include <string>

#include "sql/pg.h"

namespace foreshape {

/// Where pg_hba.conf is, on the server's machine.
Result<std::string> login_rules_path(Pg& db);

/// "peer", "md5", ...: how the first line that applies has that role log in to that database; "" where none
/// is known to.
Result<std::string> login_method(Pg& db, const std::string& database, const std::string& role);

}  // namespace foreshape
