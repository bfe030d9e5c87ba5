// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/login_rule.h"

#include "sql/queries.h"

namespace foreshape {

Result<std::string> login_rules_path(Pg& db) {
  const auto rows = db.query(kLoginRulesPathSql);
  if (!rows) return tl::make_unexpected(rows.error());
  return std::string(rows->text(0, 0));
}

Result<std::string> login_method(Pg& db, const std::string& database, const std::string& role) {
  const auto rows = db.query(kLoginRuleSql, {database, role});
  if (!rows) return tl::make_unexpected(rows.error());
  return rows->size() == 0 ? "" : std::string(rows->text(0, 0));
}

Result<void> reload_login_rules(Pg& db) {
  const auto reloaded = db.query(kReloadLoginRulesSql);
  if (!reloaded) return tl::make_unexpected(reloaded.error());
  return {};
}

std::string peer_rule(std::string_view database) {
  std::string quoted;
  for (const char c : database) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return "local \"" + quoted + "\" all peer\n";
}

}  // namespace foreshape
