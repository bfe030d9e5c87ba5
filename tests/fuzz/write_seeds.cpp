// SPDX-License-Identifier: GPL-2.0-or-later
// <target>_seeds DIRECTORY: writes the target's seeds, a file each.

#include <filesystem>
#include <fstream>

#include "tests/fuzz/seeds.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::filesystem::create_directories(argv[1]);
  int number = 0;
  for (const std::string& seed : foreshape::all_seeds())
    std::ofstream(std::string(argv[1]) + "/seed_" + std::to_string(number++), std::ios::binary) << seed;
  return number > 0 ? 0 : 1;
}
