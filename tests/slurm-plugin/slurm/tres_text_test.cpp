// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/tres_text.h"

#include <gtest/gtest.h>
#include <string>

namespace foreshape {
namespace {

TEST(ArrayTasks, CountsWhatSlurmWouldMakeOfTheText) {
  const struct {
    const char* spec;
    std::uint32_t want;
  } cases[] = {
      {"", 0},
      {"7", 1},
      {"0-15", 16},
      {"0-15:4", 4},
      {"0-15:4,20%2", 5},
      {"1,3,5-7", 5},
      {"0-99%10", 100},
      {"5-3", 0},
      {"0-9:0", 0},
      {"abc", 0},
      {"-5", 0},
      {"1-", 1},
      {",,,", 0},
      {"1-2-3", 0},
      {"1:2", 0},
      {"0-4294967295", 10'000'000},
      {"99999999999", 0},
      {"%5", 0},
  };
  for (const auto& c : cases) EXPECT_EQ(array_tasks(c.spec), c.want) << c.spec;
}

TEST(GpuCount, ReadsAllFormsOfAllReleases) {
  const struct {
    const char* tres;
    std::optional<std::uint32_t> want;
  } cases[] = {
      {"", std::nullopt},      {"gres:gpu:2", 2},
      {"gres:gpu:tesla:4", 4}, {"gres/gpu:2", 2},
      {"gres/gpu:h100=3", 3},  {"gpu", 1},
      {"gres:gpu:tesla", 1},   {"gpu:1,gres:gpu:2", 3},
      {"cpu=4", std::nullopt}, {"gres:gpus:2", std::nullopt},
      {"gres:nic:1,gpu=2", 2}, {"gres:gpu:99999999999999", 1},
  };
  for (const auto& c : cases) EXPECT_EQ(gpu_count(c.tres), c.want) << c.tres;
}

TEST(PerGpu, IsTheFigureAndNotACountOfGpus) {
  EXPECT_EQ(per_gpu("gres:gpu:1024"), 1024U);
  EXPECT_EQ(per_gpu("gres/gpu:h100:2048"), 2048U);
  EXPECT_FALSE(per_gpu("gres:gpu"));
  EXPECT_FALSE(per_gpu(""));
}

TEST(CpuCount, ReadsWhatNewerClientsMakeOfCpusPerTask) {
  EXPECT_EQ(cpu_count("cpu=4"), 4U);
  EXPECT_EQ(cpu_count("gres/gpu:1,cpu:2"), 2U);
  EXPECT_FALSE(cpu_count("gres:gpu:1"));
  EXPECT_FALSE(cpu_count("cpu=x"));
}

TEST(NamesGres, IsFalseForCpusAlone) {
  EXPECT_FALSE(names_gres("cpu=4"));
  EXPECT_FALSE(names_gres(""));
  EXPECT_TRUE(names_gres("cpu=4,gres/gpu:1"));
  EXPECT_TRUE(names_gres("license=matlab"));
}

TEST(GpuCount, DoesNotOverflow) {
  std::string many;
  for (int i = 0; i < 10; ++i) many += "gpu:4294967295,";
  EXPECT_EQ(gpu_count(many), UINT32_MAX);
}

}  // namespace
}  // namespace foreshape
