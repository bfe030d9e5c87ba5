// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/base/fault_point.h"

#include <cstdlib>
#include <string>
#include <string_view>

namespace foreshape {

bool fault_wanted(const char* name) {
  // Read once: slurmctld changes its environment while it starts, and getenv is no friend of threads.
  // Never destroyed: threads may still ask while the process exits.
  static const std::string& faults = *new std::string([] {
    const char* set = std::getenv("FORESHAPE_FAULT");  // NOLINT(concurrency-mt-unsafe)
    return "," + std::string(set != nullptr ? set : "") + ",";
  }());
  return faults.find("," + std::string(name) + ",") != std::string::npos;
}

}  // namespace foreshape
