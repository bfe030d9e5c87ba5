// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/roles.h"

#include <algorithm>

#include "predictor/base/text.h"
#include "sql/login_roles.h"
#include "sql/queries.h"

namespace foreshape {
namespace {

struct Person {
  std::string name;
  bool has_role = false, is_reader = false;
};

Result<std::vector<Person>> people(Pg& db, const std::string& cluster) {
  const auto rows = db.query(kPeopleSql, {harmless(cluster)});
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<Person> found;
  for (std::size_t i = 0; i < rows->size(); ++i)
    found.push_back({std::string(rows->text(i, 0)), rows->boolean(i, 1), rows->boolean(i, 2)});
  return found;
}

}  // namespace

bool may_be_role(std::string_view name) {
  constexpr std::size_t kNameMax = 63;  // PostgreSQL cuts longer ones: two users could become one
  const bool is_number = std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  return !name.empty() && name.size() <= kNameMax && !is_number && !name.starts_with("pg_") &&
         !name.starts_with("foreshape_") && name != "public" && name != "none" && harmless(name) == name;
}

Result<RoleChanges> sync_roles(Pg& db, const std::string& cluster, bool dry_run,
                               const std::function<void(const std::string&)>& told) {
  RoleChanges changes;
  const auto work = [&](Pg& pg) -> Result<void> {
    changes = {};
    const auto found = people(pg, cluster);
    if (!found) return tl::make_unexpected(found.error());
    for (const auto& person : *found) {
      if (!may_be_role(person.name)) {
        ++changes.refused;
        continue;
      }
      const std::string name = Pg::quoted_name(person.name);
      std::string statements;
      if (!person.has_role) statements = role_statements(person.name);
      if (!person.is_reader) statements += "GRANT foreshape_reader TO " + name + ";";
      changes.created += person.has_role ? 0 : 1;
      changes.granted += person.is_reader ? 0 : 1;
      changes.unchanged += statements.empty() ? 1 : 0;
      if (statements.empty()) continue;
      if (told) told(statements);
      if (dry_run) continue;
      if (auto done = pg.script(statements); !done) return done;
    }
    return {};
  };
  if (auto done = db.transaction(work); !done) return tl::make_unexpected(done.error());
  return changes;
}

}  // namespace foreshape
