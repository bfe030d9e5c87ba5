// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// All that the store has of a user, deleted.
//
// Runs in: offline.
// Threads: as the connection.

#include <cstdint>
#include <string>
#include <vector>

#include "sql/pg.h"

namespace foreshape {

struct ForgottenRows {
  std::string what;  ///< "jobs", "submissions", ...
  std::int64_t rows = 0;
};

/// In one transaction, which is rolled back where it is a dry run: the counts are the same. cluster: "" =
/// all. Who may: the store's owner, or a superuser. Errors: those of Pg; not_found - the store has nothing of
/// such a user.
Result<std::vector<ForgottenRows>> forget_user(Pg& db, const std::string& user, const std::string& cluster,
                                               bool dry_run);

}  // namespace foreshape
