// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The schema's history: numbered SQL files, embedded at build time, applied in order and never edited.
//
// Runs in: offline.
// Threads: as the connection.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sql/pg.h"

namespace foreshape {

struct Migration {
  int number = 0;    ///< from the file's name, 1 and up without gaps
  const char* name;  ///< "0001_store"
  const char* sql;
};

/// All of them, ascending. Made by CMake from sql/migrations/.
std::span<const Migration> embedded_migrations();

struct MigrationState {
  int number = 0;
  std::string name;
  std::string applied_at;  ///< "" = still to be applied
};

/// Which migrations this program has and which of them the database has.
/// Errors: those of Pg; corrupt - an applied migration is not the one that this program has (its checksum
/// differs), or the database is newer than the program.
Result<std::vector<MigrationState>> migration_states(Pg& db, std::span<const Migration> migrations);

/// Applies what is missing, each in a transaction of its own; two programs at once wait for each other.
/// revision: recorded beside each. told: called after each.
/// Returns how many were applied. Errors: as above.
Result<int> migrate(Pg& db, std::span<const Migration> migrations, const std::string& revision,
                    const std::function<void(const Migration&)>& told);

}  // namespace foreshape
