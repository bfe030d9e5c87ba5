// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The database and the schema of the store: made, and marked by a comment, so that they alone are taken back.
//
// Runs in: offline.
// Threads: as the connection.

#include <string>

#include "predictor/base/clock.h"
#include "sql/pg.h"

namespace foreshape {

/// The comment on what we made: databases, schemas and roles.
inline constexpr const char* kMadeByUs = "made by Foreshape";

// The database, asked over a connection to any one of the server. Errors: those of Pg.

Result<bool> has_database(Pg& db, const std::string& name);
Result<void> create_database(Pg& db, const std::string& name);
/// Whether create_database() made it.
Result<bool> is_database_of_ours(Pg& db, const std::string& name);
Result<void> drop_database(Pg& db, const std::string& name);

// The schema, in the database of this connection. Errors: those of Pg.

Result<bool> has_schema(Pg& db);
Result<void> create_schema(Pg& db);
/// Whether create_schema() made it.
Result<bool> is_schema_of_ours(Pg& db);
/// With all jobs in it.
Result<void> drop_schema(Pg& db);
/// Who owns it without being a superuser; "" where nobody does. What that role put into the schema runs with the
/// rights of whoever asks: a superuser must ask this before anything else.
Result<std::string> unsafe_schema_owner(Pg& db);

/// What the server's clock shows.
Result<UnixSeconds> server_time_s(Pg& db);

}  // namespace foreshape
