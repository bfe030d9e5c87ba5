// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Text in a CSV file.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <string_view>

#include "predictor/base/text.h"

namespace foreshape {

/// A field as RFC 4180 wants it, made harmless.
inline std::string csv_field(std::string_view text) {
  std::string safe = harmless(text);
  if (safe.find_first_of(",\"") == std::string::npos) return safe;
  std::string quoted = "\"";
  for (const char c : safe) quoted += c == '"' ? std::string{"\"\""} : std::string{c};
  return quoted + "\"";
}

}  // namespace foreshape
