// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Login roles that we make, marked by a comment, so that they alone are taken back.
//
// Runs in: offline.
// Threads: as the connection.

#include <string>
#include <vector>

#include "sql/pg.h"

namespace foreshape {

struct LoginRole {
  std::string name;
  std::vector<std::string> groups;
};

/// Whether it is there, and in all its groups. Errors: those of Pg; not_found - no such group.
Result<bool> has_role(Pg& db, const LoginRole& role);

/// Makes it without a password where it is missing, and puts it into its groups; one that is there keeps the
/// rest.
Result<void> make_role(Pg& db, const LoginRole& role);

/// What make_role() would run.
Result<std::vector<std::string>> role_statements(Pg& db, const LoginRole& role);

/// A role of the schema that gives rights to its members.
struct GroupRole {
  std::string name;
  bool has_us = false;  ///< whether who asks is a member
};

/// Those that are there.
Result<std::vector<GroupRole>> group_roles(Pg& db);

/// Roles that we made, while no database but this one has a store.
Result<std::vector<std::string>> made_roles(Pg& db, const std::string& database);

/// The schema's group roles, once no database has the schema any more.
Result<std::vector<std::string>> unused_group_roles(Pg& db);

Result<void> drop_roles(Pg& db, const std::vector<std::string>& names);

}  // namespace foreshape
