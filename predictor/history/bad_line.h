// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A line of a history file that says nothing usable, or one field of it: where it is and why.
//
// Runs in: offline.
// Threads: plain values.

#include <cstdint>
#include <string>
#include <string_view>

#include "predictor/base/text.h"

namespace foreshape {

/// The beginning of a line or field, for a message.
inline std::string excerpt(std::string_view text) {
  constexpr std::size_t kExcerptBytes = 60;
  return harmless(text.substr(0, kExcerptBytes));
}

struct BadLine {
  std::uint64_t line = 0;  ///< counted from 1; 0 = the file as a whole
  std::string field;       ///< the column's name; "line" where no column is to blame
  std::string reason;      ///< with the value found, made harmless
  bool kept = false;       ///< only the field is left out; the rest of the line was read
  bool is_usual = false;   ///< likely the same on every line: said once, counted each time

  /// "trace.swf:12: field 'run time': ..."
  std::string text(const std::string& file) const {
    return file + ":" + std::to_string(line) + ": field '" + field + "': " + reason +
           (kept ? "; taken as unknown, the rest of the line is kept" : "");
  }
};

}  // namespace foreshape
