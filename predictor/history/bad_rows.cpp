// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/bad_rows.h"

#include <fmt/format.h>

#include "predictor/base/text.h"

namespace foreshape {
namespace {

/// "State 2, ReqMem 1"
std::string counts(const std::map<std::string, std::uint64_t>& of) {
  std::string text;
  for (const auto& [name, count] : of) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  return text;
}

}  // namespace

void BadRows::note(const BadLine& bad, const std::string& file) {
  ++(bad.kept ? fields_ : lines_);
  if (bad.kept) ++by_field_[bad.field];
  if (bad.is_usual && !usual_.insert(bad.field).second) return;
  if (first_.size() < kShownMax) first_.push_back(harmless(bad.text(file)));
}

Result<void> BadRows::check_strict() const {
  if (empty()) return {};
  return failure(ErrorCode::invalid_input, first_.front() + " (--strict)");
}

std::string BadRows::summary() const {
  std::string text = fmt::format("{} lines not understood", lines_);
  if (fields_ > 0) text += fmt::format(", {} fields left out ({})", fields_, counts(by_field_));
  std::uint64_t useless = 0;
  for (const auto& [reason, count] : left_out_) useless += count;
  if (useless > 0) text += fmt::format(", {} rows of no use ({})", useless, counts(left_out_));
  return text;
}

std::string BadRows::report(std::string_view program, const std::string& file) const {
  std::string text;
  for (const std::string& line : first_) text += fmt::format("{}: {}\n", program, line);
  if (lines_ + fields_ > first_.size())
    text += fmt::format("{}: more lines like these are only counted\n", program);
  if (!empty() || !left_out_.empty()) text += fmt::format("{}: {}: {}\n", program, harmless(file), summary());
  return text;
}

}  // namespace foreshape
