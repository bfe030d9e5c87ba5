// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/columns.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "tools/cli/command.h"
#include "tools/cli/lists.h"

namespace foreshape {
namespace {

constexpr int kMaxWidth = 4096;

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

std::size_t length(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return !continues(c); }));
}

/// The first n characters.
std::string_view head(std::string_view utf8, std::size_t n) {
  std::size_t i = 0;
  while (i < utf8.size() && (n > 0 || continues(utf8[i]))) {
    if (!continues(utf8[i])) --n;
    ++i;
  }
  return utf8.substr(0, i);
}

std::string cell(std::string_view text, int width) {
  const std::size_t room = static_cast<std::size_t>(std::abs(width));
  const std::string shown = shortened(text, room);
  const std::string padding(room - length(shown), ' ');
  return width < 0 ? shown + padding : padding + shown;
}

std::string separated(const std::vector<std::string>& texts, const TableStyle& style) {
  std::string line;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) line += style.delimiter;
    line += texts[i];
  }
  if (style.separation == Separation::bars_after_all) line += style.delimiter;
  return line + '\n';
}

std::string without(std::string text, const std::string& delimiter) {
  if (delimiter.empty()) return text;
  for (std::size_t at = 0; (at = text.find(delimiter, at)) != std::string::npos; ++at)
    text.replace(at, delimiter.size(), "?");
  return text;
}

/// Spreadsheets take a text that begins so for a formula, and run what a job was named.
std::string no_formula(std::string text) {
  if (text.empty() || std::string_view("=+-@").find(text.front()) == std::string_view::npos) return text;
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stopped == end ? text : "'" + text;
}

Result<int> parse_width(std::string_view digits, std::string_view item) {
  int width = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), width);
  if (error != std::errc{} || end != digits.data() + digits.size() || std::abs(width) > kMaxWidth)
    return failure(ErrorCode::invalid_input,
                   fmt::format("invalid width in '{}': a number of at most {}", harmless(item), kMaxWidth));
  return width;
}

tl::unexpected<Error> no_such_field(std::string_view word, std::span<const FieldName> fields) {
  std::vector<std::string_view> names;
  names.reserve(fields.size());
  for (const FieldName& f : fields) names.push_back(f.name);
  const std::string_view meant = nearest_name(word, names);
  std::string message = fmt::format("invalid field requested: '{}'", harmless(word.substr(0, 64)));
  if (!meant.empty()) message += fmt::format("; did you mean '{}'?", meant);
  return failure(ErrorCode::invalid_input, message);
}

/// The field of that name, else the first that begins so: "st" is ST, not State.
auto find_field(std::string_view word, std::span<const FieldName> fields) {
  const auto exact = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldName& f) { return equal_ignoring_case(f.name, word); });
  if (exact != fields.end() || word.empty()) return exact;
  return std::find_if(fields.begin(), fields.end(),
                      [&](const FieldName& f) { return begins_ignoring_case(f.name, word); });
}

Column column(std::span<const FieldName> fields, std::size_t i, std::optional<int> width) {
  return {i, std::string(fields[i].name), width.value_or(fields[i].width)};
}

}  // namespace

std::string shortened(std::string_view utf8, std::size_t characters) {
  if (length(utf8) <= characters) return std::string(utf8);
  return characters == 0 ? std::string{} : std::string(head(utf8, characters - 1)) + '+';
}

std::string coloured(std::string text, CellColour colour) {
  const auto between = [&](const char* begin) { return begin + text + "\x1b[0m"; };
  switch (colour) {
    case CellColour::red:
      return between("\x1b[31m");
    case CellColour::green:
      return between("\x1b[32m");
    case CellColour::yellow:
      return between("\x1b[33m");
    case CellColour::cyan:
      return between("\x1b[36m");
    case CellColour::none:
      break;
  }
  return text;
}

Result<std::vector<Column>> parse_format(std::string_view format, std::span<const FieldName> fields) {
  std::vector<Column> columns;
  for (const std::string& item : split_list(format)) {
    const std::size_t percent = item.find('%');
    const std::string_view word = std::string_view(item).substr(0, percent);
    std::optional<int> width;
    if (percent != std::string::npos) {
      const auto parsed = parse_width(std::string_view(item).substr(percent + 1), item);
      if (!parsed) return tl::make_unexpected(parsed.error());
      width = *parsed;
    }
    if (equal_ignoring_case(word, "all")) {
      for (std::size_t i = 0; i < fields.size(); ++i) columns.push_back(column(fields, i, width));
      continue;
    }
    const auto found = find_field(word, fields);
    if (found == fields.end()) return no_such_field(word, fields);
    columns.push_back(column(fields, static_cast<std::size_t>(found - fields.begin()), width));
  }
  if (columns.empty()) return failure(ErrorCode::invalid_input, "no field is requested");
  return columns;
}

std::string heading_text(const std::vector<Column>& columns, const TableStyle& style) {
  if (!style.heading) return {};
  if (style.separation != Separation::columns) {
    std::vector<std::string> names;
    names.reserve(columns.size());
    for (const Column& c : columns) names.push_back(c.name);
    return separated(names, style);
  }
  std::string names;
  std::string dashes;
  for (const Column& c : columns) {
    const auto room = static_cast<std::size_t>(std::abs(c.width));
    names += cell(head(c.name, room), c.width) + ' ';  // cut without a '+', as sacct does
    dashes += std::string(room, '-') + ' ';
  }
  return names + '\n' + dashes + '\n';
}

std::string row_text(const std::vector<Column>& columns, const std::vector<std::string>& texts,
                     const TableStyle& style) {
  std::vector<std::string> safe;
  safe.reserve(texts.size());
  for (const std::string& text : texts) safe.push_back(harmless(text));
  if (style.separation != Separation::columns) {
    for (std::string& text : safe) text = no_formula(without(std::move(text), style.delimiter));
    return separated(safe, style);
  }
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const CellColour colour =
        style.colour == nullptr ? CellColour::none : style.colour(columns[i].name, safe[i]);
    line += coloured(cell(safe[i], columns[i].width), colour) + ' ';
  }
  return line + '\n';
}

std::string bars_row(const std::vector<std::string>& texts) {
  return row_text(std::vector<Column>(texts.size()), texts, {.separation = Separation::bars_between});
}

}  // namespace foreshape
