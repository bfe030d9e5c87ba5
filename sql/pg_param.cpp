// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/pg_param.h"

#include "predictor/base/text.h"

namespace foreshape {

PgParam pg_array(std::span<const std::string> values) {
  std::string text = "{";
  for (const auto& value : values) {
    if (text.size() > 1) text += ',';
    text += '"';
    for (const char c : harmless(value)) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

}  // namespace foreshape
