#pragma once
// Where the public traces are that some tests replay.
//
// Runs in: offline.
// Threads: reads the environment.

#include <cstdlib>
#include <string>

namespace foreshape {

/// $FORESHAPE_TRACES, else the folder beside the source tree.
inline std::string traces_folder() {
  const char* folder = std::getenv("FORESHAPE_TRACES");  // NOLINT(concurrency-mt-unsafe)
  return folder != nullptr ? folder : FORESHAPE_DEFAULT_TRACES;
}

}  // namespace foreshape
