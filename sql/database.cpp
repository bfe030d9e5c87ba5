// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/database.h"

#include "sql/queries.h"

namespace foreshape {
namespace {

Result<bool> yes_or_no(const Result<PgRows>& rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  return rows->boolean(0, 0);
}

}  // namespace

Result<bool> has_database(Pg& db, const std::string& name) {
  return yes_or_no(db.query(kHasDatabaseSql, {name}));
}

Result<void> create_database(Pg& db, const std::string& name) {
  return db.run_answered(kCreateDatabaseSql, {name, kMadeByUs});
}

Result<bool> is_database_of_ours(Pg& db, const std::string& name) {
  return yes_or_no(db.query(kIsMarkedDatabaseSql, {name, kMadeByUs}));
}

Result<void> drop_database(Pg& db, const std::string& name) {
  return db.run_answered(kDropDatabaseSql, {name});
}

Result<bool> has_schema(Pg& db) { return yes_or_no(db.query(kHasSchemaSql)); }

Result<void> create_schema(Pg& db) { return db.run_answered(kCreateSchemaSql, {kMadeByUs}); }

Result<bool> is_schema_of_ours(Pg& db) { return yes_or_no(db.query(kIsMarkedSchemaSql, {kMadeByUs})); }

Result<void> drop_schema(Pg& db) { return db.run_answered(kDropSchemaSql, {}); }

Result<std::string> unsafe_schema_owner(Pg& db) {
  const auto owners = db.query(kUnsafeSchemaOwnerSql);
  if (!owners) return tl::make_unexpected(owners.error());
  return owners->size() == 0 ? "" : std::string(owners->text(0, 0));
}

Result<UnixSeconds> server_time_s(Pg& db) {
  const auto now = db.query(kServerTimeSql);
  if (!now) return tl::make_unexpected(now.error());
  return now->integer(0, 0).value_or(0);
}

}  // namespace foreshape
