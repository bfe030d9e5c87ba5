// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One line on a terminal that says how far a long command is; nothing where standard error is no terminal.
//
// Runs in: offline.
// Threads: main thread only.

#include <cstdint>
#include <string>

namespace foreshape {

class Progress {
 public:
  /// what: "jobs".
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Shows "123,456 jobs, 45,678 a second, 43 %" at most five times a second. share: 0 = not known.
  void show(std::uint64_t done, double share = 0);
  /// Wipes the line, so that a message can be printed.
  void wipe();
  /// Since this object was made.
  double seconds() const;

 private:
  std::string what_;
  bool terminal_ = false, shown_ = false;
  std::int64_t began_ns_ = 0, next_ns_ = 0;
};

/// "1,234,567"
std::string with_commas(std::uint64_t number);

}  // namespace foreshape
