// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The rows of an sacct dump: lines put together again where a job's text holds line feeds, and refused where
// a job's text could have written them.
//
// Runs in: offline.
// Threads: one object, one thread.
//
// Slurm prints texts as users wrote them, so a line is not a row:
//
// 1. Where nobody can know the delimiter (sacct_dump.h, is_secret) a row begins where a line begins with an
// id
//    and a delimiter, and nowhere else. No text can break or make one, however long it is.
// 2. With a delimiter that users can type a row goes on in the lines that begin with no id, and its texts are
//    told apart as far as they agree with each other (sacct_texts.h); what can't be told is unknown.
// 3. Such a row that ends within a text, before a line that looks like a row of another job: that one and
//    those behind it may be written by the first one's user. They are refused until the text's end is seen or
//    a line of the first job comes, kSuspectsMax at most: a row may also be damaged.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/history/bad_line.h"
#include "predictor/history/sacct_dump.h"
#include "predictor/history/text_file.h"

namespace foreshape {

class SacctRows {
 public:
  using OnBad = std::function<void(BadLine)>;

  static constexpr int kSuspectsMax = 16;
  static constexpr std::size_t kLinesMax = 1'000;  ///< of a row, where users can type the delimiter

  /// delimiter: "" = as the header says. on_bad: told of each line that is passed over and each text that is
  /// left out.
  SacctRows(TextFile file, std::string delimiter, OnBad on_bad);

  /// Goes to the next row; false at the end.
  /// Errors: those of TextFile; invalid_input - the file is no dump that is read (dump_of()).
  Result<bool> next();

  /// One for each column of layout(), until the next call of next().
  const std::vector<std::string_view>& fields() const { return fields_; }
  std::uint64_t line() const { return row_line_; }  ///< of the row's beginning
  /// Where the row begins and ends: bytes of the lines of the file so far.
  std::uint64_t begin_byte() const { return row_begin_; }
  std::uint64_t end_byte() const { return row_end_; }
  /// True if the row has all columns; else it ends within one, and nothing bounds what is missing.
  bool is_whole() const { return is_complete(); }
  /// True if a text in this file could look like a row.
  bool can_be_forged() const { return !is_secret_; }
  bool has_header() const { return dump_ && dump_->header_line > 0; }
  const SacctLayout& layout() const { return dump_->layout; }
  const TextFile& file() const { return file_; }

 private:
  Result<void> begin();
  /// Fills waiting_ with the next line that may mean something; false at the end.
  Result<bool> look_ahead();
  /// The waiting line, which is not waiting any more.
  std::string take();
  void append(std::string_view line);
  Result<bool> read_row();
  Result<void> read_further_lines();
  Result<void> absorb_suspects();
  bool is_row_settled();
  bool is_row_start(std::string_view line) const;
  bool is_complete() const { return delimiters_ + 1 >= dump_->layout.columns(); }
  bool is_too_long() const { return lines_ >= kLinesMax || row_.size() > TextFile::kMaxLineBytes; }
  /// True if what was read of the row ends in a column of texts.
  bool is_within_text() const;
  /// True if that also reads like a row.
  bool ends_within_text();
  /// True if the row, with all that was put to it, is a whole one whose texts agree.
  bool is_text_closed(bool after_text_line);
  void refuse(std::uint64_t line, std::string reason);

  TextFile file_;
  std::string delimiter_;
  OnBad on_bad_;
  std::optional<SacctDump> dump_;
  bool begun_ = false, is_secret_ = false;

  std::optional<std::string> waiting_;
  std::uint64_t waiting_line_ = 0;
  std::uint64_t waiting_begin_ = 0, waiting_end_ = 0;
  bool waiting_cut_ = false;

  std::string row_;  // fields_ point into it
  std::uint64_t row_line_ = 0, row_begin_ = 0, row_end_ = 0;
  std::size_t delimiters_ = 0, lines_ = 0;
  bool is_after_torn_ = false, is_damaged_ = false;
  std::vector<std::string_view> fields_;
};

}  // namespace foreshape
