// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/copy_lines.h"

#include <array>
#include <charconv>
#include <fmt/format.h>
#include <iterator>

#include "predictor/base/text.h"

namespace foreshape {

void CopyLines::field(const char* bytes, std::size_t size) {
  if (begun_) lines_ += '\t';
  begun_ = true;
  lines_.append(bytes, size);
}

void CopyLines::text(std::string_view value) {
  field("", 0);
  // Most names are plain ASCII: no copy for them.
  bool plain = true;
  for (const char c : value) plain = plain && c >= 0x20 && c < 0x7F && c != '\\';
  if (plain) {
    lines_ += value;
    return;
  }
  for (const char c : harmless(value)) {
    if (c == '\\') lines_ += '\\';
    lines_ += c;
  }
}

void CopyLines::integer(std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  field(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void CopyLines::real(double value) {
  const std::string digits = fmt::format("{}", value);
  field(digits.data(), digits.size());
}

void CopyLines::array(std::span<const float> values) {
  field("{", 1);
  for (std::size_t i = 0; i < values.size(); ++i)
    fmt::format_to(std::back_inserter(lines_), "{}{}", i > 0 ? "," : "", values[i]);
  lines_ += '}';
}

void CopyLines::end_line() {
  lines_ += '\n';
  begun_ = false;
}

}  // namespace foreshape
