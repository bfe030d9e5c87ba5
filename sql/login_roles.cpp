// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/login_roles.h"

#include <fmt/format.h>

#include "sql/queries.h"

namespace foreshape {
namespace {

Result<std::vector<std::string>> names_in(const Result<PgRows>& rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rows->size(); ++i) names.emplace_back(rows->text(i, 0));
  return names;
}

}  // namespace

Result<bool> has_role(Pg& db, const LoginRole& role) {
  const auto found = db.query(kHasRoleSql, {role.name, pg_array(role.groups)});
  if (!found) return tl::make_unexpected(found.error());
  return found->boolean(0, 0);
}

std::string role_statements(const std::string& name) {
  const std::string quoted = Pg::quoted_name(name);
  return fmt::format("CREATE ROLE {0} LOGIN; COMMENT ON ROLE {0} IS '{1}'; ", quoted, kMadeByUs);
}

Result<void> make_role(Pg& db, const LoginRole& role) {
  return db.transaction([&role](Pg& pg) -> Result<void> {
    const auto there = pg.query("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", {role.name});
    if (!there) return tl::make_unexpected(there.error());
    std::string statements = there->boolean(0, 0) ? "" : role_statements(role.name);
    for (const std::string& group : role.groups)
      statements += fmt::format("GRANT {} TO {};", group, Pg::quoted_name(role.name));
    return pg.script(statements);
  });
}

Result<std::vector<std::string>> made_roles(Pg& db, const std::string& database) {
  return names_in(db.query(kMadeRolesSql, {kMadeByUs, database}));
}

Result<std::vector<std::string>> unused_group_roles(Pg& db) {
  return names_in(db.query(kUnusedGroupRolesSql));
}

Result<void> drop_roles(Pg& db, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (auto dropped = db.script("DROP ROLE " + Pg::quoted_name(name)); !dropped) return dropped;
  return {};
}

Result<bool> is_database_of_ours(Pg& db, const std::string& name) {
  const auto found = db.query(
      "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND shobj_description(oid, 'pg_database') = "
      "$2)",
      {name, kMadeByUs});
  if (!found) return tl::make_unexpected(found.error());
  return found->boolean(0, 0);
}

}  // namespace foreshape
