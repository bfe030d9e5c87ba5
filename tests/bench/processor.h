// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which processor a figure was measured on, and which of its compilations the network's loops ran.
//
// Runs in: offline.
// Threads: pure functions.

#include <array>
#include <fstream>
#include <string>

#include "predictor/model/network/products.h"

namespace foreshape {

/// "AMD EPYC, loops avx2"; "unknown processor" where the kernel does not say.
inline std::string processor_and_loops() {
  constexpr std::array kCodes = {"plain", "avx2", "avx512"};
  std::ifstream kernel("/proc/cpuinfo");
  std::string name = "unknown processor";
  for (std::string line; std::getline(kernel, line);)
    if (line.starts_with("model name") && line.find(": ") != line.npos) {
      name = line.substr(line.find(": ") + 2);
      break;
    }
  return name + ", loops " + kCodes.at(static_cast<std::size_t>(fastest_loop_code()));
}

}  // namespace foreshape
