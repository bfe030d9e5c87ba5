// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/forget.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "predictor/base/text.h"
#include "sql/queries.h"

namespace foreshape {
namespace {

Result<std::vector<ForgottenRows>> deleted(Pg& db, const std::string& user, const std::string& cluster) {
  const PgParam where = cluster.empty() ? PgParam() : PgParam(harmless(cluster));
  const auto rows = db.query(kForgetUserSql, {harmless(user), where});
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<ForgottenRows> forgotten;
  for (std::size_t i = 0; i < rows->size(); ++i)
    forgotten.push_back({std::string(rows->text(i, 0)), rows->integer(i, 1).value_or(0)});
  return forgotten;
}

}  // namespace

Result<std::vector<ForgottenRows>> forget_user(Pg& db, const std::string& user, const std::string& cluster,
                                               bool dry_run) {
  std::vector<ForgottenRows> forgotten;
  bool is_counted = false;  // a dry run ends as a unit of work that failed: rolled back
  const auto done = db.transaction([&](Pg& open) -> Result<void> {
    auto rows = deleted(open, user, cluster);
    if (!rows) return tl::make_unexpected(rows.error());
    forgotten = std::move(*rows);
    is_counted = dry_run;
    if (dry_run) return failure(ErrorCode::internal, "a dry run");
    return {};
  });
  if (!done && !is_counted) return tl::make_unexpected(done.error());
  const auto is_none = [](const ForgottenRows& one) { return one.rows == 0; };
  if (std::ranges::all_of(forgotten, is_none))
    return failure(ErrorCode::not_found, fmt::format("the store has nothing of a user '{}'{}", harmless(user),
                                                     cluster.empty() ? "" : " on " + harmless(cluster)));
  return forgotten;
}

}  // namespace foreshape
