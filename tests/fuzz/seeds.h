// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a target's inputs are made from: its files in seeds/<target>, which are typed by hand, and what it makes itself.
//
// Runs in: offline.
// Threads: one.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

namespace foreshape {

/// FORESHAPE_SEEDS: the directory of the target's files. Always in the same order; ends the process where there is none.
inline std::vector<std::string> all_seeds() {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::exists(FORESHAPE_SEEDS))
    for (const auto& entry : std::filesystem::directory_iterator(FORESHAPE_SEEDS))
      files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<std::string> seeds = fuzz_seeds();
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  require(!seeds.empty(), "a target has seeds");
  return seeds;
}

}  // namespace foreshape
