// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/swf.h"
#include "tests/fuzz/fuzz_target.h"

namespace foreshape {

std::vector<std::string> fuzz_seeds() {
  const std::string header =
      "; Computer: made up\n; MaxProcs: 128\n; MaxNodes: 16\n; UnixStartTime: 830000000\n";
  const std::string jobs =
      "1 0 10 100 4 95 2048 4 3600 4096 1 3 1 5 1 1 -1 -1\n"
      "2 60 -1 -1 -1 -1 -1 8 7200 -1 5 4 1 6 -1 -1 1 30\n"
      "3 61.5 0 1e3 1 -1 -1 1 60 -1 0 5 2 7 2 2 -1 -1\n";
  return {header + jobs, jobs, "; Version: 2.2\n", "1 2 3\n"};
}

void test_one_input(std::string_view input) {
  const MemoryFile file(input);
  auto reader = SwfReader::open(file.path());
  require(reader.has_value(), "a readable file is opened");
  std::uint64_t jobs = 0;
  for (auto job = reader->next(); job && *job; job = reader->next()) ++jobs;
  require(jobs + reader->bad_lines() <= input.size() + 1, "there are no more jobs than bytes");
}

}  // namespace foreshape
