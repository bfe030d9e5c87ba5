// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the server answered to a query.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

struct pg_result;  // libpq's PGresult

namespace foreshape {

/// What a query answered. Values are views into it.
class PgRows {
 public:
  /// Takes libpq's result over; null where there is none.
  explicit PgRows(pg_result* result) : result_(result) {}
  pg_result* get() const { return result_.get(); }

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
  struct Clear {
    void operator()(pg_result* result) const noexcept;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

}  // namespace foreshape
