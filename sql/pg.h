// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A connection to PostgreSQL: parameters only, rows as text, COPY in, units of work that may be repeated.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

/// One parameter ($1, $2, ...) in PostgreSQL's text form; nullopt is NULL. Text must have gone through
/// harmless() or be ours: PostgreSQL refuses invalid UTF-8 and NUL bytes.
using PgParam = std::optional<std::string>;

inline PgParam pg(std::int64_t value) { return std::to_string(value); }
inline PgParam pg(const std::optional<std::int64_t>& value) { return value ? pg(*value) : std::nullopt; }
/// A text[] parameter: '{"a","b"}'.
PgParam pg_array(std::span<const std::string> values);

/// What a query answered. Values are views into it.
class PgRows {
 public:
  std::size_t size() const;
  bool is_null(std::size_t row, std::size_t column) const;
  /// "" for NULL.
  std::string_view text(std::size_t row, std::size_t column) const;
  /// Numbers: nullopt for NULL and for what is none.
  std::optional<std::int64_t> integer(std::size_t row, std::size_t column) const;
  std::optional<double> real(std::size_t row, std::size_t column) const;
  bool boolean(std::size_t row, std::size_t column) const { return text(row, column) == "t"; }
  /// The column's place, by the name in the query; nullopt if there is none.
  std::optional<std::size_t> column(const char* name) const;
  /// Of INSERT, UPDATE, DELETE, COPY: how many rows it touched.
  std::int64_t affected() const;

 private:
  friend class Pg;
  struct Clear {
    void operator()(void* result) const noexcept;
  };
  explicit PgRows(void* result) : result_(result) {}
  std::unique_ptr<void, Clear> result_;  // a PGresult
};

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

  /// COPY ... FROM STDIN with lines made by CopyLines.
  Result<void> copy_in(const char* sql, std::string_view lines);

  /// Runs work between BEGIN and COMMIT; rolls back where it fails. work is repeated (at most kTriesMax
  /// times) after a deadlock, a serialization failure, or a connection that was lost before COMMIT was sent:
  /// it must not touch anything but this connection before it returns.
  ///
  /// Errors: unavailable with "in doubt" in it - the connection was lost after COMMIT was sent. Not repeated:
  /// whether the rows are there only the server knows. Our units of work are idempotent, so the cure is to
  /// run the command again.
  Result<void> transaction(const std::function<Result<void>(Pg&)>& work);
  static constexpr int kTriesMax = 5;

  /// What a connection string or URI says of one of libpq's keywords ("host"); "" where it does not.
  static std::string part_of(const std::string& conninfo, const char* keyword);

  /// The connection string with these keywords instead of its own.
  /// Errors: invalid_input - it is none.
  static Result<std::string> conninfo_with(const std::string& conninfo,
                                           const std::vector<std::pair<std::string, std::string>>& keywords);

  /// The name in double quotes, for the few statements that take no parameters (CREATE ROLE).
  static std::string quoted_name(std::string_view name);

 private:
  struct Finish {
    void operator()(void* connection) const noexcept;
  };
  explicit Pg(void* connection) : connection_(connection) {}
  Error last_error() const;
  Error error_of(const void* result) const;
  bool is_lost() const;
  Result<void> reconnect();
  Result<void> end_copy();
  Result<void> commit();

  std::unique_ptr<void, Finish> connection_;  // a PGconn
  bool repeatable_ = false;                   // the last error was one that a repetition may cure
};

/// Lines for COPY's text format.
class CopyLines {
 public:
  void null() { field("\\N", 2); }
  void text(std::string_view value);  ///< made harmless: valid UTF-8, no control characters
  void integer(std::int64_t value);
  void real(double value);
  void boolean(bool value) { field(value ? "t" : "f", 1); }
  void maybe(const std::optional<std::int64_t>& value) { value ? integer(*value) : null(); }
  void count(std::uint32_t value) { integer(std::min(value, kMaxCount)); }
  void maybe_count(const std::optional<std::uint32_t>& value) { value ? count(*value) : null(); }
  void array(std::span<const float> values);  ///< real[]
  void end_line();

  std::string_view lines() const { return lines_; }
  std::size_t bytes() const { return lines_.size(); }
  void clear() { lines_.clear(); }

 private:
  static constexpr std::uint32_t kMaxCount = 2'147'483'647;  // the columns of counts are integers

  void field(const char* bytes, std::size_t size);
  std::string lines_;
  bool begun_ = false;
};

}  // namespace foreshape
