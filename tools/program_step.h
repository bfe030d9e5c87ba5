#pragma once
// Another program as one step of a longer command: it talks to the terminal itself, and is waited for.
//
// Runs in: offline.
// Threads: main thread only.

#include <string>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

/// The folder of this program's own file, and with it our other programs' place.
std::string own_folder();

/// Starts words[0] (in PATH, or a path) with our standard output and error, and waits for its end, however
/// long that takes. Returns its exit code. Errors: unavailable - it cannot be started, or a signal ended it.
Result<int> run_step(const std::vector<std::string>& words);

}  // namespace foreshape
