// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A connection to PostgreSQL: parameters only, rows as text, COPY in, units of work that may be repeated.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "predictor/base/result.h"
#include "sql/pg_param.h"
#include "sql/pg_rows.h"

namespace foreshape {

class Pg {
 public:
  /// Opens a connection. conninfo: a libpq connection string or URI, "" for libpq's defaults and environment.
  /// The session speaks UTF-8, UTC and ISO dates, and finds our tables without their schema.
  ///
  /// Errors of everything below:
  /// - unavailable: no server, no right to log in, connection lost, or the server is shutting down
  /// - not_found: the schema, a table or a role is missing: `foreshape migrate` was not run in this database
  /// - invalid_input: no right to do this, or a value that the schema refuses
  /// - internal: anything else that the server says
  static Result<Pg> connect(const std::string& conninfo);

  /// One statement.
  Result<PgRows> query(const char* sql, std::span<const PgParam> params = {});
  Result<PgRows> query(const char* sql, std::initializer_list<PgParam> params) {
    return query(sql, std::span<const PgParam>(params.begin(), params.size()));
  }

  /// One SELECT, row by row in bounded memory. row: called with one-row results (row 0); returns false to
  /// stop early, which is no error. It must not use this connection.
  Result<void> stream(const char* sql, std::span<const PgParam> params,
                      const std::function<bool(const PgRows&)>& row);

  /// Several statements without parameters, as in a migration file. Only for text of ours.
  Result<void> script(const std::string& sql);

  /// The statements that a query answers with, one a row, each as a script of its own. This is how a name gets
  /// into a statement that takes no parameters (CREATE ROLE): the server's format() writes and quotes it.
  Result<void> run_answered(const char* sql, std::initializer_list<PgParam> params);

  /// COPY into a table of ours, with lines made by CopyLines.
  Result<void> copy_in(const char* table, std::string_view lines);

  /// Runs work between BEGIN and COMMIT; rolls back where it fails. work is repeated (at most kTriesMax
  /// times) after a deadlock, a serialization failure, or a connection that was lost before COMMIT was sent:
  /// it must not touch anything but this connection before it returns.
  ///
  /// Errors: unavailable with "in doubt" in it - the connection was lost after COMMIT was sent. Not repeated:
  /// whether the rows are there only the server knows. Our units of work are idempotent, so the cure is to
  /// run the command again.
  Result<void> transaction(const std::function<Result<void>(Pg&)>& work);
  static constexpr int kTriesMax = 5;

 private:
  struct Finish {
    void operator()(void* connection) const noexcept;
  };
  explicit Pg(void* connection) : connection_(connection) {}
  Error last_error() const;
  Error error_of(const PgRows& answer) const;
  bool is_lost() const;
  Result<void> reconnect();
  Result<void> end_copy();
  Result<void> commit();

  std::unique_ptr<void, Finish> connection_;  // a PGconn
  bool repeatable_ = false;                   // the last error was one that a repetition may cure
};

}  // namespace foreshape
