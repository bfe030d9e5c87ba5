// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/job_key.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(NamedJob, IsTheNumberOrTheSluidThatSlurmReads) {
  constexpr JobKey kSluid = 0xbc064b4483ea1000;  // of Slurm's own test
  const struct {
    const char* text;
    std::optional<JobKey> want;
  } cases[] = {
      {"5", 5},
      {" +5", 5},
      {"5_3", 5},
      {"5+0", 5},
      {"4294967301", 5},
      {"0", std::nullopt},
      {"-5", std::nullopt},
      {"", std::nullopt},
      {nullptr, std::nullopt},
      {"n5", std::nullopt},
      {"sBR1JB8J1YM400", kSluid},
      {"SBR1JB8J1YM400", kSluid},
      {"sbr1jb8j1ym4oo", kSluid},
      {"sBRIJB8JLYM400", kSluid},
      {" sBR1JB8J1YM400_3", kSluid},
      {"sBR1JB8J1YM40", std::nullopt},
      {"sBR1JB8J1YM40U", std::nullopt},
      {"s", std::nullopt},
  };
  for (const auto& c : cases) EXPECT_EQ(named_job(c.text), c.want) << (c.text != nullptr ? c.text : "NULL");
}

}  // namespace
}  // namespace foreshape
