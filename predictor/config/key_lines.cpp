// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/config/key_lines.h"

#include <fmt/format.h>
#include <optional>

#include "predictor/base/text.h"

namespace foreshape {
namespace {

constexpr std::string_view kBlanks = " \t\r";

bool is_key_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

void skip_blanks(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
}

std::string_view take(std::string_view& rest, std::size_t count) {
  const std::string_view taken = rest.substr(0, count);
  rest.remove_prefix(taken.size());
  return taken;
}

/// Where the comment of this line begins; its end if it has none.
std::size_t comment_start(std::string_view line) {
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == '#' && !quoted) return i;
  }
  return line.size();
}

/// One physical line with its comment and trailing blanks cut, taken from the start of text.
std::string_view take_line(std::string_view& text) {
  std::string_view line = take(text, text.find('\n'));
  if (!text.empty()) text.remove_prefix(1);
  line = line.substr(0, comment_start(line));
  const std::size_t last = line.find_last_not_of(kBlanks);
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// Takes one pair from the start of rest; an error is the cause alone.
Result<KeyValue> take_pair(std::string_view& rest) {
  std::size_t length = 0;
  while (length < rest.size() && is_key_character(rest[length])) ++length;
  KeyValue pair;
  pair.key = take(rest, length);
  skip_blanks(rest);
  constexpr std::size_t kShown = 40;
  if (pair.key.empty() || rest.empty() || rest.front() != '=')
    return failure(ErrorCode::invalid_input,
                   fmt::format("expected Key=Value at '{}{}'", pair.key.substr(0, kShown),
                               harmless(rest.substr(0, kShown))));
  rest.remove_prefix(1);
  skip_blanks(rest);
  if (!rest.empty() && rest.front() == '"') {
    const std::size_t end = rest.find('"', 1);
    if (end == std::string_view::npos)
      return failure(ErrorCode::invalid_input,
                     fmt::format("{}: the quote is not closed on its line", pair.key));
    pair.value = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (!rest.empty() && kBlanks.find(rest.front()) == std::string_view::npos)
      return failure(ErrorCode::invalid_input, fmt::format("{}: text after the closing quote", pair.key));
  } else {
    pair.value = take(rest, rest.find_first_of(kBlanks));
  }
  skip_blanks(rest);
  return pair;
}

Result<std::vector<KeyValue>> pairs_of(std::string_view line) {
  std::vector<KeyValue> pairs;
  skip_blanks(line);
  while (!line.empty()) {
    auto pair = take_pair(line);
    if (!pair) return tl::make_unexpected(pair.error());
    pairs.push_back(std::move(*pair));
  }
  return pairs;
}

bool has_control_character(std::string_view line) {
  for (const char c : line)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r') || c == 0x7F) return true;
  return false;
}

}  // namespace

Result<std::vector<std::vector<KeyValue>>> split_key_lines(std::string_view text, const std::string& path) {
  std::vector<std::vector<KeyValue>> lines;
  int number = 0;
  while (!text.empty()) {
    const int first = ++number;
    std::string joined{take_line(text)};
    while (!joined.empty() && joined.back() == '\\') {
      joined.back() = ' ';
      if (text.empty()) break;
      joined += take_line(text);
      ++number;
    }
    const auto refuse = [&](const std::string& cause) {
      return failure(ErrorCode::invalid_input, fmt::format("{}:{}: {}", path, first, cause));
    };
    if (has_control_character(joined)) return refuse("a control character; is this a text file?");
    auto pairs = pairs_of(joined);
    if (!pairs) return refuse(pairs.error().message);
    for (KeyValue& pair : *pairs) pair.line = first;
    if (!pairs->empty()) lines.push_back(std::move(*pairs));
  }
  return lines;
}

}  // namespace foreshape
