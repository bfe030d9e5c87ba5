#pragma once
// A table as text: a line of column names, then rows of fields between delimiters (no quotes), '#' comments.
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

  /// columns: those that are wanted, all of which the table must have, in any order; the indices of text()
  /// and number() are theirs. Must outlive the object. on_bad: told of every row that is passed over; may be
  /// empty. Errors: those of TextFile; invalid_input - a column is missing.
  static Result<TableFile> open(const std::string& path, char delimiter,
                                const std::vector<std::string_view>& columns, OnBad on_bad);

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

  /// The field as found: harmless() before showing it.
  std::string_view text(std::size_t column) const { return fields_[positions_[column]]; }
  /// nullopt for "-", -1 and an empty field; below least or above most, or no number at all: nullopt, and the
  /// row is bad.
  std::optional<double> number(std::size_t column, double least = 0, double most = 9e15);
  std::optional<std::int64_t> whole(std::size_t column, std::int64_t least = 0,
                                    std::int64_t most = 9'000'000'000'000'000);
  /// The number that a field begins with, which must end there or before `stop`: 526995 of "526995[1]".
  std::optional<std::int64_t> leading(std::size_t column, char stop, std::int64_t most);
  /// whole() where the row is bad without it; 0 then.
  std::int64_t needed(std::size_t column, std::int64_t least, std::int64_t most);

  /// True if nothing is wrong with this row so far; else it is reported, once.
  bool row_is_good();
  std::uint64_t bad_lines() const { return bad_lines_; }

 private:
  TableFile(TextFile file, char delimiter, const std::vector<std::string_view>& columns, OnBad on_bad)
      : file_(std::move(file)), delimiter_(delimiter), columns_(columns), on_bad_(std::move(on_bad)) {}
  Result<void> read_header();
  /// The next line that is neither empty nor a comment, split; false at the end.
  Result<bool> next_line();
  void object(std::size_t column, std::string reason);
  void report(std::string field, std::string reason);

  TextFile file_;
  char delimiter_;
  const std::vector<std::string_view>& columns_;
  OnBad on_bad_;
  std::size_t width_ = 0;               // columns of the file
  std::vector<std::size_t> positions_;  // of the wanted columns
  std::vector<std::string_view> fields_;
  std::uint64_t line_ = 0;
  bool cut_ = false;
  std::optional<BadLine> bad_;  // why this row is bad
  std::uint64_t bad_lines_ = 0;
};

}  // namespace foreshape
