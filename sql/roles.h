// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Login roles for the people whose jobs the store knows, so that each can read their own rows.
//
// Runs in: offline.
// Threads: as the connection.

#include <functional>
#include <string>

#include "sql/pg.h"

namespace foreshape {

struct RoleChanges {
  std::int64_t created = 0, granted = 0, unchanged = 0;
  std::int64_t refused = 0;  ///< names that must not become roles
};

/// Creates a role with LOGIN and no password (peer authentication) for each user name of that cluster ("" =
/// all) who has none, and grants foreshape_reader to it. A role that is there already keeps its rights. Names
/// that PostgreSQL or we keep for ourselves (pg_*, foreshape_*, public, none), numbers (users whose name was
/// deleted) and names too long are refused.
///
/// dry_run: nothing is changed. told: called with each statement.
/// Errors: those of Pg; invalid_input - no right to create roles.
Result<RoleChanges> sync_roles(Pg& db, const std::string& cluster, bool dry_run,
                               const std::function<void(const std::string& statement)>& told);

/// True if a user of that name may be given a role.
bool may_be_role(std::string_view name);

}  // namespace foreshape
