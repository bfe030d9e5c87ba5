// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/pg_rows.h"

#include <charconv>
#include <libpq-fe.h>
#include <system_error>

namespace foreshape {

void PgRows::Clear::operator()(PGresult* result) const noexcept { PQclear(result); }

std::size_t PgRows::size() const { return static_cast<std::size_t>(PQntuples(result_.get())); }

bool PgRows::is_null(std::size_t row, std::size_t column) const {
  return PQgetisnull(result_.get(), static_cast<int>(row), static_cast<int>(column)) != 0;
}

std::string_view PgRows::text(std::size_t row, std::size_t column) const {
  const int r = static_cast<int>(row), c = static_cast<int>(column);
  return {PQgetvalue(result_.get(), r, c), static_cast<std::size_t>(PQgetlength(result_.get(), r, c))};
}

std::optional<std::int64_t> PgRows::integer(std::size_t row, std::size_t column) const {
  const std::string_view value = text(row, column);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (value.empty() || error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
  return number;
}

std::optional<double> PgRows::real(std::size_t row, std::size_t column) const {
  const std::string_view value = text(row, column);
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (value.empty() || error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
  return number;
}

std::optional<std::size_t> PgRows::column(const char* name) const {
  const int place = PQfnumber(result_.get(), name);
  if (place < 0) return std::nullopt;
  return static_cast<std::size_t>(place);
}

std::int64_t PgRows::affected() const {
  const std::string_view count = PQcmdTuples(result_.get());
  std::int64_t rows = 0;
  std::from_chars(count.data(), count.data() + count.size(), rows);
  return rows;
}

}  // namespace foreshape
