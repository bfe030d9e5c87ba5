// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The lines that scontrol prints, taken apart: pairs of a name and a value.
//
// Runs in: offline.
// Threads: pure functions.

#include <string_view>

namespace foreshape {

/// The value behind "key=" in a line of blank-separated pairs (`scontrol show ... --oneliner`); "" without
/// one. The first one counts: texts that somebody wrote (Comment, Reason) are printed last.
inline std::string_view pair_value(std::string_view line, std::string_view key) {
  for (std::size_t at = line.find(key); at != std::string_view::npos; at = line.find(key, at + 1)) {
    const bool begins_a_word = at == 0 || line[at - 1] == ' ';
    const std::string_view rest = line.substr(at + key.size());
    if (begins_a_word && !rest.empty() && rest.front() == '=') return rest.substr(1, rest.find(' ') - 1);
  }
  return {};
}

}  // namespace foreshape
