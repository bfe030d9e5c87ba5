// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One row of a report's answer, read value by value in the order of the SELECT list, which stands beside each use.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/pg.h"

namespace foreshape {

/// Valid as long as the rows are. Absent counts and sums read as 0.
class ReportRow {
 public:
  ReportRow(const PgRows& rows, std::size_t row) : rows_(rows), row_(row) {}

  std::string text() { return std::string(rows_.text(row_, column_++)); }
  std::optional<std::int64_t> integer() { return rows_.integer(row_, column_++); }
  std::int64_t count() { return integer().value_or(0); }
  std::optional<double> real() { return rows_.real(row_, column_++); }
  double sum() { return real().value_or(0); }
  bool boolean() { return rows_.boolean(row_, column_++); }

 private:
  const PgRows& rows_;
  std::size_t row_;
  std::size_t column_ = 0;
};

/// One T for each row, filled by read(row, value).
template <class T, class Read>
std::vector<T> all_of(const PgRows& rows, const Read& read) {
  std::vector<T> values(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ReportRow row(rows, i);
    read(row, values[i]);
  }
  return values;
}

}  // namespace foreshape
