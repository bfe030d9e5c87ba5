#pragma once
// Another program's output, without a shell in between.
//
// Runs in: offline.
// Threads: one at a time a process: waits for its child only, but changes no signal handling.

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

struct RunLimits {
  std::chrono::milliseconds time{10'000};
  std::size_t output_bytes = 16U << 20;
};

/// What the program writes to its standard output. argv[0] is looked up in PATH; its standard input is empty,
/// its standard error is ours to quote.
///
/// Errors: not_found - no such program; unavailable - it failed (its own last words are in the message), or
/// its output is too large; deadline - it took too long, and was killed.
Result<std::string> run_program(const std::vector<std::string>& argv, const RunLimits& limits = {});

}  // namespace foreshape
