// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/sacct_rows.h"

#include <fmt/format.h>
#include <utility>

#include "predictor/base/text.h"
#include "predictor/history/bad_line.h"
#include "predictor/history/job_id_text.h"
#include "predictor/history/sacct_texts.h"
#include "predictor/history/slurm_time.h"

namespace foreshape {
namespace {

constexpr std::string_view kCure = "foreshape ingest --help has the command whose output is safe";

std::size_t count_of(std::string_view delimiter, std::string_view line) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = line.find(delimiter, at)) != line.npos; at += delimiter.size()) ++count;
  return count;
}

/// The job that a row or a step's row is about: "77" of "77.batch|...".
std::string_view job_of(std::string_view line, std::string_view delimiter) {
  const auto id = slurm_job_id(line.substr(0, line.find(delimiter)));
  return id ? id->job : std::string_view{};
}

}  // namespace

SacctRows::SacctRows(TextFile file, std::string delimiter, OnBad on_bad)
    : file_(std::move(file)), delimiter_(std::move(delimiter)), on_bad_(std::move(on_bad)) {}

void SacctRows::refuse(std::uint64_t line, std::string reason) {
  on_bad_(BadLine{line, "line", std::move(reason)});
}

Result<void> SacctRows::begin() {
  begun_ = true;
  const auto head = file_.head();
  if (!head) return tl::make_unexpected(head.error());
  auto dump = dump_of(*head, delimiter_);
  if (!dump) return failure(dump.error().code, file_.path() + ": " + dump.error().message);
  if (!*dump) return {};
  dump_.emplace(std::move(**dump));
  delimiter_ = dump_->delimiter;
  is_secret_ = is_secret(delimiter_);
  return {};
}

Result<bool> SacctRows::look_ahead() {
  while (!waiting_) {
    const auto line = file_.next();
    if (!line) return tl::make_unexpected(line.error());
    if (!*line) return false;
    const std::string_view text = (*line)->text;
    waiting_line_ = (*line)->number;
    waiting_cut_ = (*line)->cut;
    waiting_begin_ = std::exchange(waiting_end_, waiting_end_ + text.size() + 1);
    if (waiting_line_ == dump_->header_line) continue;
    if (waiting_line_ < dump_->header_line) {
      if (!text.empty() && text.front() != '#')
        refuse(waiting_line_, fmt::format("stands before the header, which is line {}: '{}'",
                                          dump_->header_line, excerpt(text)));
      continue;
    }
    if (!dump_->header.empty() && text == dump_->header) continue;  // files put one after the other
    if (text.starts_with("sacct: ") && !(is_secret_ && is_within_text())) {
      refuse(waiting_line_, fmt::format("a message of sacct's: '{}'", excerpt(text)));
      continue;
    }
    waiting_.emplace(text);
  }
  return true;
}

std::string SacctRows::take() {
  row_end_ = waiting_end_;
  return *std::exchange(waiting_, std::nullopt);
}

bool SacctRows::is_row_start(std::string_view line) const {
  const auto end = line.find(delimiter_);
  if (end == line.npos) return false;
  if (!dump_->layout.id_is_first()) return is_complete();
  // A text that ends in a line feed and an id: the columns behind it stand in this line, and no others.
  if (is_secret_ && is_within_text() && delimiters_ + count_of(delimiter_, line) < dump_->layout.columns())
    return false;
  if (slurm_job_id(line.substr(0, end))) return true;
  // All columns are there, but the id is damaged.
  return !is_secret_ && count_of(delimiter_, line) + 1 == dump_->layout.columns();
}

void SacctRows::append(std::string_view line) {
  // Of a text that is longer than any that means something only its end, with the fields behind it, is kept.
  if (row_.size() + line.size() > TextFile::kMaxLineBytes)
    line.remove_prefix(std::min(line.find(delimiter_), line.size()));
  ++lines_;
  delimiters_ += count_of(delimiter_, line);
  if (!line.empty()) row_.append("\n").append(line);
}

Result<bool> SacctRows::read_row() {
  while (true) {
    auto more = look_ahead();
    if (!more || !*more) return more;
    row_line_ = waiting_line_;
    row_begin_ = waiting_begin_;
    delimiters_ = dump_->layout.columns();  // as after a complete row
    if (waiting_->empty() || waiting_->front() == '#') {
      take();
      continue;
    }
    if (waiting_cut_ || !is_row_start(*waiting_)) {
      const std::string line = take();
      refuse(row_line_, waiting_cut_ ? "longer than any line of sacct"
                                     : fmt::format("no row begins here: '{}'", excerpt(line)));
      continue;
    }
    row_ = take();
    lines_ = 1;
    delimiters_ = count_of(delimiter_, row_);
    is_damaged_ = false;
    return true;
  }
}

Result<void> SacctRows::read_further_lines() {
  const auto& layout = dump_->layout;
  const bool ends_in_text = layout.texts().size() > 0 && layout.texts().end == layout.columns();
  while (true) {
    const auto more = look_ahead();
    if (!more) return tl::make_unexpected(more.error());
    if (!*more || is_row_start(*waiting_)) return {};
    // A text left of other columns may hold what completes the row; a line without a delimiter ends none.
    const bool may_go_on = layout.texts().size() > 0 && waiting_->find(delimiter_) != std::string::npos;
    if (is_complete() && !ends_in_text && !may_go_on) return {};
    if (is_complete() && waiting_->empty()) {  // between rows, or in a text
      take();
      continue;
    }
    if (!is_secret_ && is_too_long()) {
      refuse(waiting_line_, fmt::format("goes on a row of {} lines: longer than any", lines_));
      take();
      continue;
    }
    is_damaged_ |= waiting_cut_;  // the fields at its end are lost
    append(take());
  }
}

bool SacctRows::is_within_text() const {
  const auto texts = dump_->layout.texts();
  return !is_complete() && delimiters_ >= texts.begin && delimiters_ < texts.end;
}

bool SacctRows::ends_within_text() {
  if (!is_within_text()) return false;
  split_fields(row_, delimiter_, fields_);
  return slurm_time_s(dump_->layout.field_within(fields_, SacctColumn::submit), true).has_value();
}

bool SacctRows::is_text_closed(bool after_text_line) {
  if (!is_complete()) return false;
  split_fields(row_, delimiter_, fields_);
  const auto settled = settle_texts(dump_->layout, row_, fields_);
  const auto name = dump_->layout.field(fields_, SacctColumn::job_name);
  const bool is_name_torn = settled.name_is_given && name.find('\n') != name.npos;
  return settled.is_sure && (is_name_torn || (after_text_line && settled.name_agrees));
}

Result<void> SacctRows::absorb_suspects() {
  const std::string alone = row_;
  const std::size_t delimiters = delimiters_, lines = lines_, columns = dump_->layout.columns();
  const std::string job{job_of(alone, delimiter_)};
  for (int suspects = 0; suspects < kSuspectsMax && !is_too_long();) {
    const auto more = look_ahead();
    if (!more) return tl::make_unexpected(more.error());
    // With fewer columns it is a text's line, whatever id it begins with.
    const bool looks_like_row =
        *more && count_of(delimiter_, *waiting_) + 1 >= columns && is_row_start(*waiting_);
    if (!*more || (looks_like_row && job_of(*waiting_, delimiter_) == job)) break;
    if (looks_like_row) {
      ++suspects;
      refuse(waiting_line_,
             fmt::format("looks like a row, but may be a part of the text of job {} in line {}; {}", job,
                         row_line_, kCure));
    }
    append(take());
    if (is_text_closed(!looks_like_row)) return {};
  }
  row_ = alone;
  delimiters_ = delimiters;
  lines_ = lines;
  return {};
}

bool SacctRows::is_row_settled() {
  const std::size_t columns = dump_->layout.columns();
  split_fields(row_, delimiter_, fields_);
  const bool after_torn = std::exchange(is_after_torn_, false);
  if (fields_.size() == columns && (is_secret_ || lines_ == 1) && !is_damaged_) return true;
  const std::size_t found = fields_.size();
  const auto texts = dump_->layout.texts();
  if (delimiters_ + 1 > found &&
      texts.end < columns) {  // what is right of the texts would be taken from within them
    refuse(row_line_,
           fmt::format("{} fields, {} expected: too many to be told apart", delimiters_ + 1, columns));
    return false;
  }
  const bool lacks_others = found < columns && texts.end < columns;
  if (is_secret_ || found <= texts.begin || lacks_others || is_damaged_) {
    is_after_torn_ = found < columns && lines_ > 1;
    refuse(row_line_, fmt::format("{} fields, {} expected", found, columns));
    return false;
  }
  const auto settled = settle_texts(dump_->layout, row_, fields_);
  if (settled.is_sure && fields_.size() == columns) return true;
  const bool is_rest = after_torn && found != columns;
  if (is_rest || fields_.size() != columns) {
    refuse(row_line_,
           is_rest ? fmt::format("may be a part of the row before it, whose text holds line feeds; {}", kCure)
                   : fmt::format("{} fields, {} expected", found, columns));
    return false;
  }
  is_after_torn_ = !settled.is_whole;
  const auto column = dump_->layout.column_at(texts.end - 1);
  on_bad_(BadLine{
      row_line_, std::string(column ? sacct_column_name(*column) : "texts"),
      fmt::format("{} fields, {} expected: '{}' or a line feed in a text, which is which can't be told; {}",
                  found, columns, harmless(delimiter_), kCure),
      true});
  return true;
}

Result<bool> SacctRows::next() {
  if (!begun_)
    if (const auto begun = begin(); !begun) return tl::make_unexpected(begun.error());
  if (!dump_) return false;
  while (true) {
    auto row = read_row();
    if (!row || !*row) return row;
    if (const auto read = read_further_lines(); !read) return tl::make_unexpected(read.error());
    if (!is_secret_ && waiting_ && ends_within_text())
      if (const auto absorbed = absorb_suspects(); !absorbed) return tl::make_unexpected(absorbed.error());
    if (is_row_settled()) return true;
  }
}

}  // namespace foreshape
