// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/login_roles.h"

#include "sql/database.h"
#include "sql/queries.h"

namespace foreshape {
namespace {

Result<std::vector<std::string>> texts_of(const Result<PgRows>& rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < rows->size(); ++i) texts.emplace_back(rows->text(i, 0));
  return texts;
}

}  // namespace

Result<bool> has_role(Pg& db, const LoginRole& role) {
  const auto found = db.query(kHasRoleSql, {role.name, pg_array(role.groups)});
  if (!found) return tl::make_unexpected(found.error());
  return found->boolean(0, 0);
}

Result<std::vector<std::string>> role_statements(Pg& db, const LoginRole& role) {
  return texts_of(db.query(kRoleStatementsSql, {role.name, kMadeByUs, pg_array(role.groups)}));
}

Result<void> make_role(Pg& db, const LoginRole& role) {
  return db.transaction([&role](Pg& pg) {
    return pg.run_answered(kRoleStatementsSql, {role.name, kMadeByUs, pg_array(role.groups)});
  });
}

Result<std::vector<GroupRole>> group_roles(Pg& db) {
  const auto rows = db.query(kGroupRolesSql);
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<GroupRole> groups;
  for (std::size_t i = 0; i < rows->size(); ++i)
    groups.push_back({std::string(rows->text(i, 0)), rows->boolean(i, 1)});
  return groups;
}

Result<std::vector<std::string>> made_roles(Pg& db, const std::string& database) {
  return texts_of(db.query(kMadeRolesSql, {kMadeByUs, database}));
}

Result<std::vector<std::string>> unused_group_roles(Pg& db) {
  return texts_of(db.query(kUnusedGroupRolesSql));
}

Result<void> drop_roles(Pg& db, const std::vector<std::string>& names) {
  return db.run_answered(kDropRolesSql, {pg_array(names)});
}

}  // namespace foreshape
