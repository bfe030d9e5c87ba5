// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// slurm.conf as bytes that know what Slurm reads in them: each pair with the place of its value in the file.
//
// Runs in: offline.
// Threads: pure functions.
// Source: Slurm's src/common/parse_config.c: comments (an escaped # is none, quotes do not protect it), lines
// continued by a backslash, several pairs in a line, `include FILE`.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace foreshape {

struct ConfPair {
  std::string key, value;      ///< as written; the value without its quotes
  std::size_t begin = 0;       ///< the value's first byte in the file, behind its quote
  std::size_t line_begin = 0;  ///< the first byte of its line, with what continues it
  std::size_t line_end = 0;    ///< behind its line feed
  int line = 0;                ///< from 1
  bool is_plain = true;        ///< `=`, and a value that stands in one piece, without escapes
  bool is_alone = true;        ///< no other pair in its line
};

struct ConfText {
  std::vector<ConfPair> pairs;
  std::vector<std::string> includes;  ///< as written
  std::vector<std::string> unread;    ///< what Slurm's parser would not take for pairs either
  std::size_t first_line = 0;         ///< where the first line with a pair begins; the file's begin if none

  /// Those of that key, in any case.
  std::vector<const ConfPair*> find(std::string_view key) const;
};

ConfText read_conf_text(std::string_view text);

}  // namespace foreshape
