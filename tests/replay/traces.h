// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where the public traces are that some tests replay.
//
// Runs in: offline.
// Threads: reads the environment.

#include <cstdlib>
#include <string>

namespace foreshape {

/// $FORESHAPE_TRACES, else the directory beside the source tree.
inline std::string traces_directory() {
  const char* directory = std::getenv("FORESHAPE_TRACES");  // NOLINT(concurrency-mt-unsafe)
  return directory != nullptr ? directory : FORESHAPE_DEFAULT_TRACES;
}

}  // namespace foreshape
