// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the server's pg_hba.conf says of logins through the unix socket. For a superuser's connection.
//
// Runs in: offline.
// Threads: as the connection.

#include <string>
#include <string_view>

#include "sql/pg.h"

namespace foreshape {

/// Where pg_hba.conf is, on the server's machine.
Result<std::string> login_rules_path(Pg& db);

/// "peer", "md5", ...: how the first line that applies has that role log in to that database; "" where none
/// is known to.
Result<std::string> login_method(Pg& db, const std::string& database, const std::string& role);

/// Has the server read the file again; it does so when its signal arrives, after this returns.
Result<void> reload_login_rules(Pg& db);

/// A line of pg_hba.conf: whoever comes through the unix socket enters this database as themselves.
std::string peer_rule(std::string_view database);

}  // namespace foreshape
