// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What foreshape-train says while it works: a line that is renewed on a terminal, one now and then in a file.
//
// Runs in: offline.
// Threads: main thread only.

#include <cstdint>
#include <string>

#include "trainer/fit.h"
#include "trainer/window_scores.h"

namespace foreshape {

class TrainProgress {
 public:
  /// talks: false on all ranks but the first.
  explicit TrainProgress(bool talks);

  void reading(std::uint64_t jobs, std::uint64_t of);
  void has_read(std::uint64_t jobs, std::uint64_t samples, std::uint64_t validation);
  void begins(const FitSettings& settings, std::size_t weights, std::size_t ranks, std::uint64_t step);
  /// "step 1,200 of 6,000: loss 2.123, validation 2.145 (best 2.131), 45,300 samples/s, 1:45 left"
  void step(const FitProgress& progress, std::size_t batch);
  void wrote(const std::string& path, const WindowScores& scores);
  void say(const std::string& sentence);

 private:
  bool due();
  void line(const std::string& text, bool passing);

  bool talks_, terminal_ = false, passing_ = false;
  std::int64_t next_ns_ = 0, began_ns_ = 0;
  std::uint64_t first_step_ = 0;
};

}  // namespace foreshape
