#include "slurm-plugin/fault_point.h"

#include <cstdlib>
#include <string>
#include <string_view>

namespace foreshape {

bool fault_wanted(const char* name) {
  // Read once: slurmctld changes its environment while it starts, and getenv is no friend of threads.
  static const std::string faults = [] {
    const char* set = std::getenv("FORESHAPE_FAULT");  // NOLINT(concurrency-mt-unsafe)
    return "," + std::string(set != nullptr ? set : "") + ",";
  }();
  return faults.find("," + std::string(name) + ",") != std::string::npos;
}

}  // namespace foreshape
