// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/sacct.h"
#include "tests/fuzz/fuzz_target.h"

namespace foreshape {

std::vector<std::string> fuzz_seeds() {
  const std::string header =
      "JobID|JobIDRaw|User|UID|Account|Partition|QOS|JobName|Submit|Start|End|ElapsedRaw|State|TimelimitRaw|"
      "ReqCPUS|ReqNodes|ReqMem|ReqTRES|NNodes|AllocCPUS|NTasks|MaxRSS|TotalCPU|AveDiskRead|AveDiskWrite|"
      "AdminComment\n";
  const std::string job =
      "12|12|carol|1021|physics|main|normal|relax|2026-11-22T01:00:00|2026-11-22T01:00:05|2026-11-22T01:10:"
      "05|600|"
      "COMPLETED|60|4|1|4G|cpu=4,mem=4G,node=1|1|4||||00:30:00|||foreshape=0123456789abcdef\n"
      "12.batch|12.batch||||||batch|2026-11-22T01:00:05|2026-11-22T01:00:05|2026-11-22T01:10:05|600|"
      "COMPLETED|||||"
      "|1|4|1|1024K|00:30:00|10M|20M|\n";
  const std::string array =
      "13_4|14|dave|1022|chem|main|normal|a_4|2026-11-22T01:00:00|Unknown|Unknown|0|CANCELLED by "
      "1022|UNLIMITED|1|1|"
      "100Mc|cpu=1|0|0||||||||\n";
  return {header + job + array, header + "15+0|15|x|1|y|p|q|n\n", header, job};
}

void test_one_input(std::string_view input) {
  const MemoryFile file(input);
  std::uint64_t bad = 0;
  SacctOptions options;
  options.utc = true;
  auto reader = SacctReader::open(file.path(), options, [&bad](const BadLine&) { ++bad; });
  require(reader.has_value(), "a readable file is opened");
  std::uint64_t jobs = 0;
  for (auto job = reader->next(); job && *job; job = reader->next()) ++jobs;
  require(jobs + bad <= input.size() + 1, "there are no more jobs than bytes");
}

}  // namespace foreshape
