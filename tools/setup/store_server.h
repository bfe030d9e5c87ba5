// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The PostgreSQL server that the store is on, as whoever sets it up reaches it.
//
// Runs in: offline.
// Threads: main thread only: for a local server the process acts as the user postgres while it connects.

#include <string>

#include "sql/pg.h"
#include "tools/setup/setup_site.h"

namespace foreshape {

class StoreServer {
 public:
  explicit StoreServer(const SetupSite& site);

  /// The store's database: --db's dbname.
  const std::string& database() const { return database_; }
  /// Reached by a unix socket of this machine.
  bool is_local() const;
  /// Whether we can do more there than to say what must be done: it is local, or --admin-db was given.
  bool is_ours_to_set_up() const { return is_local() || !site_.admin_database.empty(); }

  /// As --admin-db says; else as the user postgres, whom a local server knows as its superuser.
  /// Errors: those of Pg, with the cure; not_found - no user postgres here.
  Result<Pg> connect(const std::string& database) const;
  /// As SlurmUser, just as ingest will.
  Result<Pg> connect_as_slurm_user() const;
  Result<bool> has_database() const;

 private:
  const SetupSite& site_;
  std::string database_;
};

}  // namespace foreshape
