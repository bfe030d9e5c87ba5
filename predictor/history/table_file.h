// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A table as text: a line of column names, then rows of fields between delimiters, '#' comments. Between
// commas a field may be in quotes.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/history/bad_line.h"
#include "predictor/history/text_file.h"

namespace foreshape {

class TableFile {
 public:
  using OnBad = std::function<void(const BadLine&)>;

  /// A column's text as a number in the format's own units; nullopt where it is no such thing.
  using Units = std::optional<double> (*)(std::string_view);

  static constexpr char kCommaOrTab = 0;  ///< as a delimiter: whichever the line of column names has

  /// columns: those that are wanted, the first `needed` of which the table must have, in any order; the
  /// indices of text() and number() are theirs. Must outlive the object. on_bad: told of every row that is
  /// passed over and of every field that is left out; may be empty. Errors: those of TextFile; invalid_input
  /// - a column is missing.
  static Result<TableFile> open(const std::string& path, char delimiter,
                                const std::vector<std::string_view>& columns, std::size_t needed,
                                OnBad on_bad);

  /// Goes to the next row with as many fields as there are columns; false at the end.
  /// Errors: those of TextFile::next.
  Result<bool> next_row();

  /// What read() makes of the next row that is good when it is done; nullopt at the end.
  /// Errors: those of next_row.
  template <class Read>
  auto next_good(Read&& read) -> Result<std::optional<decltype(read())>> {
    while (true) {
      const auto row = next_row();
      if (!row) return tl::make_unexpected(row.error());
      if (!*row) return std::nullopt;
      auto record = read();
      if (row_is_good()) return record;
    }
  }

  /// The field as found, "" where the table has no such column: harmless() before showing it.
  std::string_view text(std::size_t column) const {
    return positions_[column] == kMissing ? std::string_view{} : fields_[positions_[column]];
  }
  /// How numbers are written from here on; nullptr = as plain numbers.
  void read_units(Units units) { units_ = units; }
  /// nullopt for "-", -1 and an empty field; below least or above most, or no number at all: nullopt, and the
  /// field is reported as left out.
  std::optional<double> number(std::size_t column, double least = 0, double most = 9e15);
  std::optional<std::int64_t> whole(std::size_t column, std::int64_t least = 0,
                                    std::int64_t most = 9'000'000'000'000'000);
  /// The number that a field begins with, which must end there or before `stop`: 526995 of "526995[1]"; the
  /// row is bad without it.
  std::optional<std::int64_t> leading(std::size_t column, char stop, std::int64_t most);
  /// whole() where the row is bad without it; 0 then.
  std::int64_t needed(std::size_t column, std::int64_t least, std::int64_t most);

  /// The column's value can't be true: it is reported as left out, with the field as found.
  void leave_out(std::size_t column, const char* why);

  /// True if nothing is wrong with this row so far; else it is reported, once.
  bool row_is_good();
  /// Rows that were passed over.
  std::uint64_t bad_lines() const { return bad_lines_; }
  /// Fields that were left out of rows that were read.
  std::uint64_t bad_fields() const { return bad_fields_; }

 private:
  static constexpr std::size_t kMissing = SIZE_MAX;

  TableFile(TextFile file, char delimiter, const std::vector<std::string_view>& columns, OnBad on_bad)
      : file_(std::move(file)), delimiter_(delimiter), columns_(columns), on_bad_(std::move(on_bad)) {}
  Result<void> read_header(std::size_t needed);
  void split(std::string_view line);
  /// The next line that is neither empty nor a comment, split; false at the end.
  Result<bool> next_line();
  /// The field's number, nullopt where it says none or can't be read; why: what is wrong with it.
  std::optional<double> number_or_why(std::size_t column, double least, double most, std::string& why) const;
  void object(std::size_t column, std::string reason);
  void report(std::string field, std::string reason);

  TextFile file_;
  char delimiter_;
  Units units_ = nullptr;
  const std::vector<std::string_view>& columns_;
  OnBad on_bad_;
  std::size_t width_ = 0;               // columns of the file
  std::vector<std::size_t> positions_;  // of the wanted columns
  std::vector<std::string_view> fields_;
  std::uint64_t line_ = 0;
  bool cut_ = false;
  std::optional<BadLine> bad_;     // why this row is bad
  std::vector<BadLine> left_out_;  // fields of this row
  std::uint64_t bad_lines_ = 0, bad_fields_ = 0;
};

}  // namespace foreshape
