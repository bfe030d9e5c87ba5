// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/table_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "predictor/history/bad_line.h"

namespace foreshape {
Result<TableFile> TableFile::open(const std::string& path, char delimiter,
                                  const std::vector<std::string_view>& columns, std::size_t needed,
                                  OnBad on_bad) {
  auto file = TextFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  TableFile table{std::move(*file), delimiter, columns, std::move(on_bad)};
  const auto header = table.read_header(needed);
  if (!header) return tl::make_unexpected(header.error());
  return table;
}

Result<bool> TableFile::next_line() {
  while (true) {
    const auto line = file_.next();
    if (!line) return tl::make_unexpected(line.error());
    if (!*line) return false;
    std::string_view text = (*line)->text;
    if (text.empty() || text.front() == '#') continue;
    line_ = (*line)->number;
    cut_ = (*line)->cut;
    bad_.reset();
    left_out_.clear();
    if (delimiter_ == kCommaOrTab) delimiter_ = text.find('\t') == text.npos ? ',' : '\t';
    split(text);
    return true;
  }
}

void TableFile::split(std::string_view line) {
  fields_.clear();
  while (true) {
    std::size_t from = 0, end = line.find(delimiter_);
    std::size_t length = end;
    if (delimiter_ == ',' && line.starts_with('"')) {
      const std::size_t quote = line.find('"', 1);
      if (quote != line.npos && (quote + 1 == line.size() || line[quote + 1] == delimiter_)) {
        from = 1;
        length = quote - 1;
        end = quote + 1 == line.size() ? line.npos : quote + 1;
      }
    }
    fields_.push_back(line.substr(from, length));
    if (end == line.npos) return;
    line.remove_prefix(end + 1);
  }
}

Result<void> TableFile::read_header(std::size_t needed) {
  const auto found = next_line();
  if (!found) return tl::make_unexpected(found.error());
  if (!*found) return failure(ErrorCode::invalid_input, file_.path() + ": no line of column names");
  width_ = fields_.size();
  for (const std::string_view column : columns_) {
    const auto at = std::find(fields_.begin(), fields_.end(), column);
    if (at == fields_.end() && positions_.size() >= needed) {
      positions_.push_back(kMissing);
      continue;
    }
    if (at == fields_.end())
      return failure(ErrorCode::invalid_input, fmt::format("{}: no column '{}'", file_.path(), column));
    positions_.push_back(static_cast<std::size_t>(at - fields_.begin()));
  }
  return {};
}

Result<bool> TableFile::next_row() {
  while (true) {
    auto found = next_line();
    if (!found || !*found) return found;
    if (!cut_ && fields_.size() == width_) return true;
    report("line", cut_ ? "too long" : fmt::format("{} fields instead of {}", fields_.size(), width_));
  }
}

std::optional<double> TableFile::number_or_why(std::size_t column, double least, double most,
                                               std::string& why) const {
  const std::string_view field = text(column);
  if (field.empty() || field == "-") return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  bool is_number = error == std::errc{} && end == field.data() + field.size();
  if (!is_number && units_ != nullptr) {
    const auto measured = units_(field);
    is_number = measured.has_value();
    value = measured.value_or(0);
  }
  if (!is_number || !std::isfinite(value)) {
    why = fmt::format("'{}' is not a number", excerpt(field));
    return std::nullopt;
  }
  if (value == -1 && least > -1) return std::nullopt;
  if (value >= least && value <= most) return value;
  why = fmt::format("{} is not in {:.0f} to {:.0f}", excerpt(field), least, most);
  return std::nullopt;
}

std::optional<double> TableFile::number(std::size_t column, double least, double most) {
  std::string why;
  const auto value = number_or_why(column, least, most, why);
  if (!why.empty()) left_out_.push_back({line_, std::string(columns_[column]), std::move(why), true});
  return value;
}

void TableFile::leave_out(std::size_t column, const char* why) {
  left_out_.push_back(
      {line_, std::string(columns_[column]), fmt::format("{}: {}", excerpt(text(column)), why), true});
}

std::optional<std::int64_t> TableFile::whole(std::size_t column, std::int64_t least, std::int64_t most) {
  const auto value = number(column, static_cast<double>(least), static_cast<double>(most));
  return value ? std::optional{static_cast<std::int64_t>(*value)} : std::nullopt;
}

std::optional<std::int64_t> TableFile::leading(std::size_t column, char stop, std::int64_t most) {
  const std::string_view field = text(column).substr(0, text(column).find(stop));
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error == std::errc{} && end == field.data() + field.size() && value >= 0 && value <= most) return value;
  object(column, fmt::format("'{}' is not a number", excerpt(text(column))));
  return std::nullopt;
}

std::int64_t TableFile::needed(std::size_t column, std::int64_t least, std::int64_t most) {
  std::string why = fmt::format("'{}': not said", excerpt(text(column)));
  const auto value = number_or_why(column, static_cast<double>(least), static_cast<double>(most), why);
  if (!value) object(column, std::move(why));
  return value ? static_cast<std::int64_t>(*value) : 0;
}

void TableFile::object(std::size_t column, std::string reason) {
  if (!bad_) bad_ = BadLine{line_, std::string(columns_[column]), std::move(reason)};
}

void TableFile::report(std::string field, std::string reason) {
  ++bad_lines_;
  if (on_bad_) on_bad_({line_, std::move(field), std::move(reason)});
}

bool TableFile::row_is_good() {
  if (!bad_) {
    bad_fields_ += left_out_.size();
    if (on_bad_)
      for (const BadLine& field : left_out_) on_bad_(field);
    left_out_.clear();
    return true;
  }
  report(std::move(bad_->field), std::move(bad_->reason));
  bad_.reset();
  return false;
}

}  // namespace foreshape
