// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Tables in sacct's manner: chosen columns with widths, or fields separated by '|'.
//
// Runs in: offline.
// Threads: pure functions.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

/// A column to print. width: in characters, right-aligned; negative = left-aligned, as sacct's %-20.
struct Column {
  std::size_t field = 0;  ///< which of the known fields
  std::string name;       ///< the heading, as the field table writes it
  int width = 0;
};

/// A field that may be requested.
struct FieldName {
  std::string_view name;
  int width;
};

/// Of a table of fields that each have a name, a width and a function that makes a row's text.
template <class Field, std::size_t N>
constexpr std::array<FieldName, N> names_of(const std::array<Field, N>& fields) {
  std::array<FieldName, N> names{};
  for (std::size_t i = 0; i < N; ++i) names[i] = {fields[i].name, fields[i].width};
  return names;
}

/// The columns' texts of one row; row: what the fields' functions take.
template <class Field, std::size_t N, class... Row>
std::vector<std::string> texts_of(const std::array<Field, N>& fields, const std::vector<Column>& columns,
                                  const Row&... row) {
  std::vector<std::string> texts;
  texts.reserve(columns.size());
  for (const Column& c : columns) texts.push_back(fields[c.field].text(row...));
  return texts;
}

/// The columns of a format such as "JobID,name%20,state%-8": names in any case, or the
/// beginning of a name (the first known field that begins so is meant); "all" is every field; %N sets the
/// width. Errors: invalid_input - no field begins so (the nearest name is suggested), or a width beyond 4096.
Result<std::vector<Column>> parse_format(std::string_view format, std::span<const FieldName> fields);

enum class Separation {
  columns,         ///< padded, with a heading line and dashes; too long a text ends in '+'
  bars_after_all,  ///< -p: '|' after every field
  bars_between,    ///< -P: '|' between fields
};

/// What a terminal shows a cell in.
enum class CellColour { none, red, green, yellow, cyan };

/// The text between the sequences that begin and end the colour; as it is without one.
std::string coloured(std::string text, CellColour colour);

struct TableStyle {
  Separation separation = Separation::columns;
  std::string delimiter = "|";
  bool heading = true;
  /// Of a field's text, for a terminal; nullptr = no colours. Fields that are separated by bars never have any.
  CellColour (*colour)(std::string_view field, std::string_view text) = nullptr;
};

/// The text, or as much of it as fits with a '+' at its end; counted in characters, not bytes.
std::string shortened(std::string_view utf8, std::size_t characters);

/// The heading, or "" if the style has none.
std::string heading_text(const std::vector<Column>& columns, const TableStyle& style);

/// A row of fields separated by '|', as row_text has it with -P.
std::string bars_row(const std::vector<std::string>& texts);

/// One row with its newline. texts: one for each column. Every text is made harmless, and is counted,
/// cut and padded in characters, not bytes. A delimiter inside a text becomes '?' where fields are
/// separated by it: a job's name can't forge a field; there a text that a spreadsheet would take for a
/// formula
/// (=, +, -, @ and no number) gets a ' in front.
std::string row_text(const std::vector<Column>& columns, const std::vector<std::string>& texts,
                     const TableStyle& style);

}  // namespace foreshape
