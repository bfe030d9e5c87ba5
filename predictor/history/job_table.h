// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Jobs from a table with a line of column names: what every such format has in common.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "predictor/history/job_record.h"
#include "predictor/history/table_file.h"

namespace foreshape {

/// Format: `static constexpr char kDelimiter`; `static const std::vector<std::string_view>& columns()`, which
/// live as long as the program, and `static constexpr std::size_t kNeeded`, how many of them, from the first
/// on, the table must have; `static JobRecord read(TableFile&)`, what the row at hand is.
template <class Format>
class JobTable {
 public:
  /// Errors: those of TableFile::open.
  static Result<JobTable> open(const std::string& path, const TableFile::OnBad& on_bad = {}) {
    auto table = TableFile::open(path, Format::kDelimiter, Format::columns(), Format::kNeeded, on_bad);
    if (!table) return tl::make_unexpected(table.error());
    return JobTable{std::move(*table)};
  }
  /// The next job, or nullopt at the end. Errors: those of TableFile::next_row.
  Result<std::optional<JobRecord>> next() {
    return table_.next_good([this] { return Format::read(table_); });
  }
  std::uint64_t bad_lines() const { return table_.bad_lines(); }
  std::uint64_t bad_fields() const { return table_.bad_fields(); }

 private:
  explicit JobTable(TableFile table) : table_(std::move(table)) {}

  TableFile table_;
};

}  // namespace foreshape
