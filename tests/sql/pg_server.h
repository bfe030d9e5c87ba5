// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A private PostgreSQL for tests: its own directory, a unix socket, no network. It lives as long as the
// object.

#include <string>
#include <sys/types.h>

#include "predictor/base/result.h"
#include "sql/pg.h"

namespace foreshape {

class PgServer {
 public:
  /// Started on first use, one for the whole test program. Aborts the program with the reason if there is no
  /// PostgreSQL or it doesn't start: a skipped test is a failed test.
  static PgServer& instance();
  ~PgServer();
  PgServer(const PgServer&) = delete;
  PgServer& operator=(const PgServer&) = delete;

  /// Connection string of the superuser for that database.
  std::string conninfo(const std::string& database, const std::string& user = "foreshape_test") const;
  /// A new, empty database; with the schema unless `empty`.
  std::string new_database(bool empty = false);
  Pg connect(const std::string& database, const std::string& user = "foreshape_test") const;

 private:
  PgServer();
  std::string directory_;
  pid_t server_ = -1;
  int databases_ = 0;
};

/// Starts a program; unprivileged: as the user that PgServer uses where we are root. environment:
/// "NAME=value".
pid_t start_program(const std::vector<std::string>& words, bool unprivileged,
                    const std::string& output = "/dev/null",
                    const std::vector<std::string>& environment = {});

/// Waits for its end. Returns its exit code, or 128 + the signal that ended it.
int wait_for(pid_t program);

/// Runs a program and waits for it; as the user that PgServer uses where we are root. Returns its exit code,
/// or 128 + the signal that ended it.
int run_program(const std::vector<std::string>& words, bool unprivileged,
                const std::string& output = "/dev/null", const std::vector<std::string>& environment = {});

}  // namespace foreshape
