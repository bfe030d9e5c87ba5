#pragma once
// A line of a history file that says nothing usable: where it is and why.
//
// Runs in: offline.
// Threads: plain values.

#include <cstdint>
#include <string>

namespace foreshape {

struct BadLine {
  std::uint64_t line = 0;  ///< counted from 1; 0 = the file as a whole
  std::string field;       ///< the column's name; "line" where no column is to blame
  std::string reason;      ///< with the value found, made harmless

  /// "trace.swf:12: field 'run time': ..."
  std::string text(const std::string& file) const {
    return file + ":" + std::to_string(line) + ": field '" + field + "': " + reason;
  }
};

}  // namespace foreshape
