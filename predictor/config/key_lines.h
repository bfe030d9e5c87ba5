// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Slurm's Key=Value manner: lines, comments, quotes and continuations, before any key is understood.
//
// Runs in: slurmctld (our own threads and init only) and offline.
// Threads: pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

struct KeyValue {
  std::string key;    ///< as written
  std::string value;  ///< without its quotes
  int line = 0;       ///< in the file, from 1
};

/// The pairs of each line that has any. `#` begins a comment (not inside quotes), a backslash at a line's
/// end joins the next line to it, values with blanks or `#` are quoted with "...", blanks around `=` are
/// fine.
///
/// Errors: invalid_input - a line that is not made of Key=Value, an open quote, a control character.
Result<std::vector<std::vector<KeyValue>>> split_key_lines(std::string_view text, const std::string& path);

}  // namespace foreshape
