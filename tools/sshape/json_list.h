// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Lists as one JSON object, {"name": [...], ...}, written row by row: a year of jobs need not fit into memory.
//
// Runs in: offline.
// Threads: main thread only; writes to standard output.

#include <cstdio>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "tools/sshape/report_json.h"

namespace foreshape {

class JsonLists {
 public:
  /// name: not of a user's choice.
  explicit JsonLists(const char* name) { fmt::print("{{\"{}\": [", name); }
  void add(const nlohmann::ordered_json& value) {
    const std::string text = (std::exchange(first_, false) ? "\n" : ",\n") + dumped(value, -1);
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  /// Ends the list and begins another.
  void next(const char* name) {
    first_ = true;
    fmt::print("\n],\n\"{}\": [", name);
  }
  static void end() { fmt::print("\n]}}\n"); }

 private:
  bool first_ = true;
};

}  // namespace foreshape
