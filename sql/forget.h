// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// All that the store has of a user, or of everybody before a moment, deleted.
//
// Runs in: offline.
// Threads: as the connection.

#include <cstdint>
#include <string>
#include <vector>

#include "predictor/base/clock.h"
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

/// What was submitted before the moment and has ended, and everybody's holds, staging and notices of that
/// time; months that have no rows any more are dropped. Jobs that are open stay, and who had which uid, and
/// how far ingest has come. A dry run, and who may: as above. Errors: those of Pg.
Result<std::vector<ForgottenRows>> forget_before(Pg& db, UnixSeconds moment_s, bool dry_run);

}  // namespace foreshape
