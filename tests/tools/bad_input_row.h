// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One bad input: command line, exit code, what is named, and the cure.
//
// Runs in: offline.

namespace foreshape {

struct BadInputRow {
  const char* line;  ///< words with single spaces; the first is the program
  int code;
  const char* names;  ///< the thing that is wrong
  const char* cure;   ///< what to do about it; "" where the name says all
};

}  // namespace foreshape
