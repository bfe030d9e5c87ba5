// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What was not understood or not wanted in a history file: the one report of it that every command gives.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/history/bad_line.h"

namespace foreshape {

class BadRows {
 public:
  static constexpr std::size_t kShownMax = 10;  ///< texts that are kept; all are counted

  /// A line that was passed over, or a field that was left out.
  void note(const BadLine& bad, const std::string& file);
  /// A row that was understood and is of no use here. reason: of a short list, "no run time".
  void leave_out(const std::string& reason) { ++left_out_[reason]; }

  std::uint64_t lines() const { return lines_; }    ///< passed over
  std::uint64_t fields() const { return fields_; }  ///< left out of lines that were read
  bool empty() const { return lines_ + fields_ == 0; }
  /// --strict. Errors: invalid_input - something was not understood: the first of it.
  Result<void> check_strict() const;
  /// The first ones as text, harmless; of what is usual in the file the first one.
  const std::vector<std::string>& first() const { return first_; }

  /// "3 lines not understood, 2 fields left out (State 1, ReqMem 1)"; with ", 5 rows of no use (no run time
  /// 5)" where there are any.
  std::string summary() const;
  /// The first ones and, where there is anything to say, the summary: a line each, each behind "program: ".
  std::string report(std::string_view program, const std::string& file) const;

 private:
  std::uint64_t lines_ = 0, fields_ = 0;
  std::vector<std::string> first_;
  std::map<std::string, std::uint64_t> by_field_, left_out_;
  std::set<std::string> usual_;  // fields of which the first is shown
};

}  // namespace foreshape
