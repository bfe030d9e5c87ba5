// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/job_file.h"
#include "tests/fuzz/fuzz_target.h"

namespace foreshape {

std::vector<std::string> fuzz_seeds() { return {}; }

void test_one_input(std::string_view input) {
  const MemoryFile file(input);
  const auto kind = kind_of_job_file(file.path());
  std::uint64_t told = 0, jobs = 0;
  const auto reader = open_job_file(file.path(), [&told](const BadLine& bad) {
    ++told;
    require(!bad.text("f").empty(), "what is wrong is said");
  });
  require(kind.has_value() || !reader.has_value(), "what is not known is not read");
  if (!reader) return require(!reader.error().message.empty(), "who is refused is told why");
  for (auto job = (*reader)->next(); job && *job; job = (*reader)->next()) {
    ++jobs;
    require((*job)->usage.run_s >= 0, "no job ran for less than nothing");
  }
  require((*reader)->bad_lines() + (*reader)->bad_fields() == told, "what is left out is said, each once");
  require(jobs + (*reader)->bad_lines() <= input.size() + 1, "there are no more jobs than bytes");
}

}  // namespace foreshape
