// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/slurm_units.h"

#include <cstdlib>
#include <gtest/gtest.h>

#include "predictor/history/job_id_text.h"
#include "predictor/history/slurm_time.h"
#include "predictor/history/tres.h"

namespace foreshape {
namespace {

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kAbsent = -1, kBad = -2;

std::int64_t code(const Result<std::optional<std::int64_t>>& parsed) {
  if (!parsed) return kBad;
  return parsed->value_or(kAbsent);
}

TEST(SlurmBytes, TakesEveryUnitAsAPowerOf1024) {
  const struct {
    std::string_view field;
    std::int64_t want;
  } cases[] = {
      {"0", 0},
      {"1234K", 1234 * 1024},
      {"1.50G", 1536 * kMiB},
      {"62.50G", 64000 * kMiB},
      {"2T", 2048 * 1024 * kMiB},
      {"1P", 1024 * 1024 * 1024 * kMiB},
      {"5060", 5060},
      {"0.5K", 512},
      {"", kAbsent},
      {"K", kBad},
      {"-1K", kBad},
      {"1.2.3M", kBad},
      {"nanG", kBad},
      {"infK", kBad},
      {"99999999999999999E", kBad},
      {"12 K", kBad},
  };
  for (const auto& c : cases) EXPECT_EQ(code(slurm_bytes(c.field)), c.want) << c.field;
  EXPECT_EQ(code(slurm_bytes("4000", 'M')), 4000 * kMiB);
}

TEST(SlurmDuration, ReadsDaysToMilliseconds) {
  const struct {
    std::string_view field;
    std::int64_t want_ms;
  } cases[] = {
      {"00:00:17", 17'000},
      {"10-13:27:06", 912'426'000},
      {"00:01.003", 1'003},
      {"59", 59'000},
      {"01:02:03", 3'723'000},
      {"", kAbsent},
      {"INVALID", kAbsent},
      {"1:2:3:4", kBad},
      {"-5", kBad},
      {"00:0x:00", kBad},
      {"1-02:03:04.9x", kBad},
  };
  for (const auto& c : cases) EXPECT_EQ(code(slurm_duration_ms(c.field)), c.want_ms) << c.field;
}

TEST(SlurmLimit, IsAbsentWhereTheUserSetNone) {
  const struct {
    std::string_view field;
    std::int64_t want_s;
  } cases[] = {
      {"125-00:00:00", 125 * 86'400}, {"1440", 86'400},     {"00:30:00", 1'800}, {"UNLIMITED", kAbsent},
      {"Partition_Limit", kAbsent},   {"INVALID", kAbsent}, {"", kAbsent},       {"forever", kBad},
  };
  for (const auto& c : cases) EXPECT_EQ(code(slurm_limit_s(c.field)), c.want_s) << c.field;
}

TEST(SlurmTime, ReadsUtcAndUnixSecondsAndKnowsAbsence) {
  const struct {
    std::string_view field;
    std::int64_t want;
  } cases[] = {
      {"2016-12-22T07:15:12", 1482390912},
      {"2024-02-29T23:59:59", 1709251199},
      {"1970-01-01T00:00:01", 1},
      {"1700000000", 1700000000},
      {"Unknown", kAbsent},
      {"None", kAbsent},
      {"", kAbsent},
      {"0", kAbsent},
      {"2016-13-22T07:15:12", kBad},
      {"2016-12-22 07:15:12", kBad},
      {"now", kBad},
  };
  for (const auto& c : cases) EXPECT_EQ(code(slurm_time_s(c.field, true)), c.want) << c.field;
}

TEST(SlurmTime, ReadsLocalTimeAcrossTheChangeOfClocks) {
  const char* before = std::getenv("TZ");
  const std::string saved = before != nullptr ? before : "";
  ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  ::tzset();
  EXPECT_EQ(code(slurm_time_s("2024-01-15T12:00:00", false)), 1705316400);  // UTC + 1
  EXPECT_EQ(code(slurm_time_s("2024-07-15T12:00:00", false)), 1721037600);  // UTC + 2
  before != nullptr ? ::setenv("TZ", saved.c_str(), 1) : ::unsetenv("TZ");
  ::tzset();
}

TEST(SlurmState, KnowsEveryWordAndItsDecorations) {
  const struct {
    std::string_view field;
    JobState want;
  } cases[] = {
      {"COMPLETED", JobState::completed},        {"CANCELLED by 1021", JobState::cancelled},
      {"CANCELLED+", JobState::cancelled},       {"OUT_OF_ME+", JobState::out_of_memory},
      {"NODE_FAIL", JobState::node_fail},        {"TIMEOUT", JobState::timeout},
      {"REQUEUED", JobState::requeued},          {"PREEMPTED", JobState::preempted},
      {"SUSPENDED", JobState::running},          {"PENDING", JobState::pending},
      {"RUNNING,COMPLETING", JobState::running},
  };
  for (const auto& c : cases) {
    const auto state = slurm_state(c.field);
    ASSERT_TRUE(state) << c.field;
    EXPECT_EQ(*state, c.want) << c.field;
  }
  EXPECT_FALSE(slurm_state("12"));
  EXPECT_FALSE(slurm_state(""));
  EXPECT_FALSE(slurm_state("COMP"));
}

TEST(SlurmRequestedMemory, KnowsPerJobPerNodePerCpuAndTheFlagInOldDumps) {
  const struct {
    const char* why;
    std::string_view field;
    std::int64_t nodes, cpus, want_per_node;
  } cases[] = {
      {"per node", "31000Mn", 2, 24, 31000 * kMiB},
      {"per cpu", "2800Mc", 2, 24, 12 * 2800 * kMiB},
      {"per cpu, uneven: the fuller node", "1Gc", 2, 3, 2048 * kMiB},
      {"whole job, from 21.08", "62.50G", 8, 64, 8000 * kMiB},
      {"flag bit printed as a number", "2147486648Mn", 1, 8, 8 * 3000 * kMiB},
      {"the same, 2800 MB", "2147486448Mn", 2, 8, 4 * 2800 * kMiB},
      {"without a letter: MB", "500n", 1, 1, 500 * kMiB},
      {"gigabytes per node", "4Gn", 3, 3, 4096 * kMiB},
      {"width unknown", "4Gc", 0, 0, 4096 * kMiB},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto memory = slurm_requested_memory(c.field);
    ASSERT_TRUE(memory && *memory);
    EXPECT_EQ((*memory)->per_node(c.nodes, c.cpus), c.want_per_node);
  }
  EXPECT_FALSE(slurm_requested_memory("0n").value()) << "all of the node, or nothing said";
  EXPECT_FALSE(slurm_requested_memory("").value());
  EXPECT_FALSE(slurm_requested_memory("manyG"));
}

TEST(TresValue, FindsWholeNamesOnly) {
  constexpr std::string_view kTres = "billing=12,cpu=12,gres/gpu:a100=1,gres/gpu=2,mem=31000M,node=1";
  EXPECT_EQ(tres_value(kTres, "gres/gpu"), "2");
  EXPECT_EQ(tres_value(kTres, "mem"), "31000M");
  EXPECT_EQ(tres_value(kTres, "node"), "1");
  EXPECT_EQ(tres_value(kTres, "bill"), "");
  EXPECT_EQ(tres_value("", "cpu"), "");
}

TEST(TresGpus, AreCountedWhereOnlyTheirKindsAreNamed) {
  const struct {
    const char* tres;
    std::optional<std::int64_t> want;
  } cases[] = {{"cpu=4,gres/gpu:a100=2,mem=8G", 2},
               {"gres/gpu=3,gres/gpu:a100=3", 3},
               {"gres/gpu:a100=3,gres/gpu=3", 3},
               {"gres/gpu:a100=1,gres/gpu:v100=2,node=1", 3},
               {"cpu=4,gres/gpumem:a100=80G", std::nullopt},
               {"", std::nullopt}};
  for (const auto& c : cases) EXPECT_EQ(tres_gpus(c.tres).value(), c.want) << c.tres;
  EXPECT_FALSE(tres_gpus("gres/gpu:a100=?"));
}

TEST(SlurmLimit, TakesSlurmsNumbersForNoneAndNoEndForAbsent) {
  for (const char* none : {"4294967295", "4294967294"}) EXPECT_FALSE(slurm_limit_s(none).value()) << none;
  EXPECT_EQ(slurm_limit_s("4294967293").value(), 4294967293LL * 60);
}

TEST(SlurmTime, TakesAnOffsetForWhatItSays) {
  constexpr UnixSeconds kTen = 1740996000;  // 2025-03-03T10:00:00Z
  const struct {
    const char* text;
    UnixSeconds want;
  } cases[] = {{"2025-03-03T10:00:00Z", kTen},
               {"2025-03-03T10:00:00+01:00", kTen - 3'600},
               {"2025-03-03T10:00:00+0100", kTen - 3'600},
               {"2025-03-03T10:00:00-05:30", kTen + 19'800}};
  for (const bool utc : {true, false})
    for (const auto& c : cases) EXPECT_EQ(slurm_time_s(c.text, utc).value(), c.want) << c.text;
  for (const char* wrong :
       {"2025-03-03T10:00:00+1", "2025-03-03T10:00:00+15:00", "2025-03-03T10:00:00 +01:00"})
    EXPECT_FALSE(slurm_time_s(wrong, true)) << wrong;
}

TEST(SlurmJobId, TakesEveryFormApart) {
  const struct {
    std::string_view field, job, step;
    JobId number;
    bool array;
    std::uint32_t pending;
  } cases[] = {
      {"123", "123", "", 123, false, 0},
      {"123.batch", "123", "batch", 123, false, 0},
      {"123.extern", "123", "extern", 123, false, 0},
      {"123.0", "123", "0", 123, false, 0},
      {"123_4", "123_4", "", 123, true, 0},
      {"123_4.batch", "123_4", "batch", 123, true, 0},
      {"123_[1-10%2]", "123_[1-10%2]", "", 123, true, 10},
      {"123_[1,3,5-9:2]", "123_[1,3,5-9:2]", "", 123, true, 5},
      {"123_[7]", "123_[7]", "", 123, true, 1},
      {"123_[1-3,...]", "123_[1-3,...]", "", 123, true, 3},
      {"123+1", "123+1", "", 123, false, 0},
      {"123+0.0", "123+0", "0", 123, false, 0},
      {"123.0+1", "123", "0+1", 123, false, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.field);
    const auto id = slurm_job_id(c.field);
    ASSERT_TRUE(id);
    EXPECT_EQ(id->job, c.job);
    EXPECT_EQ(id->step, c.step);
    EXPECT_EQ(id->number, c.number);
    EXPECT_EQ(id->array, c.array);
    EXPECT_EQ(id->pending_tasks, c.pending);
  }
  for (const auto bad : {"", "abc", ".batch", "12x", "123.", "99999999999", "-4"})
    EXPECT_FALSE(slurm_job_id(bad)) << bad;
}

}  // namespace
}  // namespace foreshape
