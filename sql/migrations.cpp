// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/migrations.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "predictor/base/hash.h"
#include "sql/queries.h"

namespace foreshape {
namespace {

std::string checksum_text(const Migration& migration) {
  return fmt::format("{:016x}", checksum(migration.sql, std::strlen(migration.sql)));
}

Result<bool> has_history(Pg& db) {
  const auto found = db.query(kHasHistorySql);
  if (!found) return tl::make_unexpected(found.error());
  return found->boolean(0, 0);
}

Result<void> check_applied(const PgRows& rows, std::size_t row, std::span<const Migration> migrations) {
  const std::int64_t number = rows.integer(row, 0).value_or(0);
  const auto known =
      std::find_if(migrations.begin(), migrations.end(), [&](const auto& m) { return m.number == number; });
  if (known == migrations.end())
    return failure(
        ErrorCode::corrupt,
        fmt::format("the database has migration {}, which this program does not know: use a newer one",
                    number));
  if (rows.text(row, 1) != checksum_text(*known))
    return failure(
        ErrorCode::corrupt,
        fmt::format(
            "migration {} in the database differs from this program's: it was edited after it was applied",
            known->name));
  return {};
}

Result<bool> apply_next(Pg& db, std::span<const Migration> migrations, const std::string& revision,
                        const Migration*& applied) {
  if (auto locked = db.query(kLockHistorySql); !locked) return tl::make_unexpected(locked.error());
  if (auto begun = db.script(kBeginHistorySql); !begun) return tl::make_unexpected(begun.error());
  const auto states = migration_states(db, migrations);
  if (!states) return tl::make_unexpected(states.error());
  const auto next =
      std::find_if(states->begin(), states->end(), [](const auto& s) { return s.applied_at.empty(); });
  if (next == states->end()) return false;
  applied = &migrations[static_cast<std::size_t>(next - states->begin())];
  if (auto done = db.script(applied->sql); !done)
    return tl::make_unexpected(about(applied->name, done.error()));
  const auto recorded = db.query(kAddMigrationSql, {pg(std::int64_t{applied->number}), applied->name,
                                                    checksum_text(*applied), revision});
  if (!recorded) return tl::make_unexpected(recorded.error());
  return true;
}

}  // namespace

Result<std::vector<MigrationState>> migration_states(Pg& db, std::span<const Migration> migrations) {
  std::vector<MigrationState> states;
  for (const auto& m : migrations) states.push_back({m.number, m.name, ""});
  const auto begun = has_history(db);
  if (!begun) return tl::make_unexpected(begun.error());
  if (!*begun) return states;
  const auto rows = db.query(kAppliedMigrationsSql);
  if (!rows) return tl::make_unexpected(rows.error());
  for (std::size_t row = 0; row < rows->size(); ++row) {
    if (auto fine = check_applied(*rows, row, migrations); !fine) return tl::make_unexpected(fine.error());
    for (auto& state : states)
      if (state.number == rows->integer(row, 0)) state.applied_at = rows->text(row, 2);
  }
  return states;
}

Result<int> migrate(Pg& db, std::span<const Migration> migrations, const std::string& revision,
                    const std::function<void(const Migration&)>& told) {
  int count = 0;
  while (true) {
    bool more = false;
    const Migration* applied = nullptr;
    const auto done = db.transaction([&](Pg& in_transaction) -> Result<void> {
      const auto stepped = apply_next(in_transaction, migrations, revision, applied);
      if (!stepped) return tl::make_unexpected(stepped.error());
      more = *stepped;
      return {};
    });
    if (!done) return tl::make_unexpected(done.error());
    if (!more) return count;
    ++count;
    if (told) told(*applied);
  }
}

}  // namespace foreshape
