// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A table that is one also on a phone, where each row becomes a block of named values.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

namespace foreshape {

/// All texts are HTML already, those of a user html_escaped().
struct HtmlTable {
  std::string name;                            ///< data-table of the element, for whoever looks for it
  std::string caption;                         ///< what it shows, read out first
  std::vector<std::string> columns;            ///< the first names the rows
  std::vector<std::vector<std::string>> rows;  ///< a text for each column
};

std::string html_table(const HtmlTable& table);

}  // namespace foreshape
