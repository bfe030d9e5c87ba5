// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/forget.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <utility>

#include "predictor/base/text.h"
#include "sql/queries.h"

namespace foreshape {
namespace {

using Forgotten = Result<std::vector<ForgottenRows>>;

Forgotten deleted(Pg& db, const char* sql, std::initializer_list<PgParam> params) {
  const auto rows = db.query(sql, params);
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<ForgottenRows> forgotten;
  for (std::size_t i = 0; i < rows->size(); ++i)
    forgotten.push_back({std::string(rows->text(i, 0)), rows->integer(i, 1).value_or(0)});
  return forgotten;
}

/// In one transaction. A dry run ends as a unit of work that failed: rolled back.
Forgotten in_one_step(Pg& db, bool dry_run, const std::function<Forgotten(Pg&)>& deletes) {
  std::vector<ForgottenRows> forgotten;
  bool is_counted = false;
  const auto done = db.transaction([&](Pg& open) -> Result<void> {
    auto rows = deletes(open);
    if (!rows) return tl::make_unexpected(rows.error());
    forgotten = std::move(*rows);
    is_counted = dry_run;
    if (dry_run) return failure(ErrorCode::internal, "a dry run");
    return {};
  });
  if (!done && !is_counted) return tl::make_unexpected(done.error());
  return forgotten;
}

Result<void> drop_empty_months(Pg& db, UnixSeconds moment_s) {
  const auto statements = db.query(kEmptyMonthsSql, {pg(moment_s)});
  if (!statements) return tl::make_unexpected(statements.error());
  for (std::size_t i = 0; i < statements->size(); ++i)
    if (auto done = db.script(std::string(statements->text(i, 0))); !done) return done;
  return {};
}

}  // namespace

Forgotten forget_user(Pg& db, const std::string& user, const std::string& cluster, bool dry_run) {
  auto forgotten = in_one_step(db, dry_run, [&](Pg& open) {
    return deleted(open, kForgetUserSql,
                   {harmless(user), cluster.empty() ? PgParam() : PgParam(harmless(cluster))});
  });
  if (!forgotten) return forgotten;
  const auto is_none = [](const ForgottenRows& one) { return one.rows == 0; };
  if (std::ranges::all_of(*forgotten, is_none))
    return failure(ErrorCode::not_found, fmt::format("the store has nothing of a user '{}'{}", harmless(user),
                                                     cluster.empty() ? "" : " on " + harmless(cluster)));
  return forgotten;
}

Forgotten forget_before(Pg& db, UnixSeconds moment_s, bool dry_run) {
  return in_one_step(db, dry_run, [&](Pg& open) -> Forgotten {
    auto forgotten = deleted(open, kForgetBeforeSql, {pg(moment_s)});
    if (!forgotten) return forgotten;
    if (auto dropped = drop_empty_months(open, moment_s); !dropped)
      return tl::make_unexpected(dropped.error());
    return forgotten;
  });
}

}  // namespace foreshape
