// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/forget.h"

#include <algorithm>
#include <fmt/format.h>

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
  if (auto begun = db.query("BEGIN"); !begun) return tl::make_unexpected(begun.error());
  auto forgotten = deleted(db, user, cluster);
  const bool keeps = forgotten && !dry_run;
  if (auto ended = db.query(keeps ? "COMMIT" : "ROLLBACK"); !ended) return tl::make_unexpected(ended.error());
  if (!forgotten) return forgotten;
  const auto is_none = [](const ForgottenRows& one) { return one.rows == 0; };
  if (std::ranges::all_of(*forgotten, is_none))
    return failure(ErrorCode::not_found, fmt::format("the store has nothing of a user '{}'{}", harmless(user),
                                                     cluster.empty() ? "" : " on " + harmless(cluster)));
  return forgotten;
}

}  // namespace foreshape
