// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Rows of a view as the table or the JSON list that the options ask for.
//
// Runs in: offline.
// Threads: main thread only; writes to standard output.

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/sshape/json_list.h"
#include "tools/sshape/sshape_options.h"
#include "tools/sshape/view_fields.h"

namespace foreshape {

inline void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

/// Prints a heading, and a line for every row: each(show) calls show(row), texts(columns, row) has its texts.
template <class Row, class Texts, class Each>
Result<void> print_table(const ShapeOptions& options, Texts texts, Each each) {
  const auto columns = parse_format(options.format, field_names(options.view));
  if (!columns) return tl::make_unexpected(columns.error());
  print(heading_text(*columns, options.style));
  return each([&](const Row& row) {
    print(row_text(*columns, texts(*columns, row), options.style));
    return true;
  });
}

/// The same, or with --json a list of that name.
template <class Row, class Texts, class Each>
Result<void> print_rows(const ShapeOptions& options, const char* list_name, Texts texts, Each each) {
  if (!options.json) return print_table<Row>(options, texts, each);
  JsonLists list(list_name);
  auto done = each([&](const Row& row) {
    list.add(to_json(row));
    return true;
  });
  JsonLists::end();
  return done;
}

}  // namespace foreshape
