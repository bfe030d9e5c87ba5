// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Comma-separated lists as Slurm's options take them: "alice,bob", "'a,b'"; and what Slurm's commands print, by lines.
//
// Runs in: offline.
// Threads: pure functions.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace foreshape {

/// The words between commas, blanks around them and one pair of quotes around the whole list removed,
/// empty words left out.
std::vector<std::string> split_list(std::string_view list);

/// Calls take(line) for each line, without its end.
template <class Take>
void for_each_line(std::string_view text, const Take& take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// The text without the blanks at both its ends.
std::string_view trimmed(std::string_view text, std::string_view blanks = " \t\r");

bool equal_ignoring_case(std::string_view a, std::string_view b);

/// True if a begins with b, in any case.
bool begins_ignoring_case(std::string_view a, std::string_view b);

}  // namespace foreshape
