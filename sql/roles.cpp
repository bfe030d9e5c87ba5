// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/roles.h"

#include <algorithm>
#include <utility>
#include <vector>

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

Result<void> change_role(Pg& db, const Person& person, bool dry_run,
                         const std::function<void(const std::string&)>& told) {
  std::vector<std::string> groups;
  if (!person.is_reader) groups.emplace_back("foreshape_reader");
  const auto statements = role_statements(db, {person.name, std::move(groups)});
  if (!statements) return tl::make_unexpected(statements.error());
  for (const std::string& statement : *statements) {
    if (told) told(statement);
    if (dry_run) continue;
    if (auto done = db.script(statement); !done) return done;
  }
  return {};
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
      changes.created += person.has_role ? 0 : 1;
      changes.granted += person.is_reader ? 0 : 1;
      const bool is_fine = person.has_role && person.is_reader;
      changes.unchanged += is_fine ? 1 : 0;
      if (is_fine) continue;
      if (auto done = change_role(pg, person, dry_run, told); !done) return done;
    }
    return {};
  };
  if (auto done = db.transaction(work); !done) return tl::make_unexpected(done.error());
  return changes;
}

}  // namespace foreshape
