// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_plan.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tools/stage/declared_paths.h"

namespace foreshape {
namespace {

SourceState source_of(std::int64_t bytes) {
  SourceState state;
  state.readable = true;
  state.bytes = bytes;
  return state;
}

}  // namespace

TEST(PlanStaging, IsWorthItByProbabilityAndReadingTimeSaved) {
  StagePlanSettings plan;
  plan.read_bytes_s = 100;
  plan.saved_s = 60;
  plan.job_time_s = 600;
  const struct {
    const char* why;
    double probability;
    std::int64_t bytes, copy_s;
    const char* reason;
  } cases[] = {
      {"worth it", 0.5, 12'000, 120, nullptr},
      {"too small", 0.5, 11'000, 110, "saves 55.0 s of reading by expectation"},
      {"too unlikely", 0.1, 1 << 30, 1, "10% that a job comes within PlanWindow after the 1 s"},
      {"would be killed by its limit", 1, 70'000, 700, "copying takes 700 s by what is known"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto reason =
        reason_against_now({1001, c.probability, "/data", c.copy_s}, source_of(c.bytes), plan);
    EXPECT_EQ(reason.has_value(), c.reason != nullptr) << reason.value_or("");
    if (c.reason != nullptr) {
      EXPECT_NE(reason.value_or("").find(c.reason), std::string::npos) << reason.value_or("");
    }
  }
}

TEST(PlanStaging, LeavesAloneWhatIsThereUnreadableOrNotUsed) {
  SourceState staged = source_of(1), unused = source_of(1), closed = source_of(1);
  staged.staged = true;
  unused.unused = kMaxUnused;
  closed.readable = false;
  closed.why = {'n', 'o'};
  EXPECT_EQ(reason_against_source(source_of(1)), std::nullopt);
  EXPECT_EQ(reason_against_source(staged), "staged already, and current");
  EXPECT_EQ(reason_against_source(unused), "2 copies of this user were not used yet");
  EXPECT_EQ(reason_against_source(closed), "no");
}

TEST(PlanStaging, KeepsTheCapsOfADay) {
  StagePlanSettings plan;
  plan.day_bytes = 1'000;
  plan.user_day_bytes = 400;
  StageEvidence evidence;
  evidence.day_bytes = 700;
  evidence.user_day_bytes = {{1001, 200}, {1002, 500}};
  EXPECT_EQ(reason_of_day(1001, 200, evidence, plan), std::nullopt);
  EXPECT_NE(reason_of_day(1001, 201, evidence, plan).value_or("").find("UserDayBytes"), std::string::npos);
  EXPECT_NE(reason_of_day(1003, 301, evidence, plan).value_or("").find("more than DayBytes"),
            std::string::npos);
  EXPECT_EQ(reason_of_day(1003, 300, evidence, plan), std::nullopt);
}

TEST(StageForecast, OfALaterTimeLeavesOutWhoComesBefore) {
  constexpr UnixSeconds kNow = 1'790'000'000;
  StageForecast hourly{1001, 1, 1, 1, {}};
  for (std::uint32_t i = 0; i < 40; ++i)
    hourly.submitted.push_back(static_cast<std::uint32_t>(kNow - 600 - 3'600LL * i));
  const double soon = hourly.probability_after(kNow, 0, 600);
  const double later = hourly.probability_after(kNow, 2'400, 1'800);
  EXPECT_LT(soon, 0.1) << "the next comes in 50 minutes";
  EXPECT_GT(later, 0.4);
  EXPECT_DOUBLE_EQ(hourly.probability_after(kNow, 0, 4'200),
                   hourly.probability_after(kNow, 0, 2'400) + later);
}

TEST(PlanStaging, RestsAfterFailuresAndKeepsItsCaps) {
  StagePlanSettings plan;
  plan.jobs = 2;
  const struct {
    const char *why, *squeue, *sacct, *reason;
  } cases[] = {
      {"nothing is there", "", "", nullptr},
      {"others' job", "1002\n", "1002|FAILED\n1002|FAILED\n1002|FAILED\n", nullptr},
      {"the user's own job", "1001\n", "", "of this user waits or runs"},
      {"as many as may be", "1002\n1003\n", "", "PlanJobs"},
      {"failures", "", "1001|FAILED\n1001|TIMEOUT\n1001|CANCELLED by 1001\n",
       "3 staging jobs of this user failed"},
      {"what went well", "", "1001|COMPLETED\n1001|COMPLETED\n1001|COMPLETED\n", nullptr},
      {"no rows of ours", "error\n\n1001x\n", "x|FAILED\n|\n1001\n", nullptr},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto reason = reason_to_rest({1001, 1, "/data", 0}, staging_jobs(c.squeue, c.sacct), plan);
    EXPECT_EQ(reason.has_value(), c.reason != nullptr) << reason.value_or("");
    if (c.reason != nullptr) {
      EXPECT_NE(reason.value_or("").find(c.reason), std::string::npos) << reason.value_or("");
    }
  }
}

TEST(DeclaredPaths, AreThoseOfTheLastJobOfThatName) {
  const auto declared = declared_paths(
      "relax_1\x1f"
      "foreshape-stage=/old\nother\x1fnone\nrelax_27\x1f"
      "foreshape-stage=/new,foreshape-stage=/b x\nmade up\nrelax_3\x1f\n");
  ASSERT_EQ(declared.size(), 1U);
  EXPECT_EQ(declared.begin()->first, folded_name_hash("relax_5"));
  EXPECT_EQ(declared.begin()->second, (std::vector<std::string>{"/new", "/b"}));
}

TEST(DeclaredPaths, OfACommentAreBoundedAndPlain) {
  EXPECT_EQ(paths_in_comment("a foreshape-stage=/x//y/ b"), std::vector<std::string>{"/x/y"});
  for (const char* none : {"", "foreshape-stage=", "foreshape-stage=x", "foreshape-stage=/a/../b",
                           "x-foreshape-stage=/a", "foreshape-stage=/\x1b[2J", "foreshape-stage=/"})
    EXPECT_TRUE(paths_in_comment(none).empty()) << none;
  std::string many;
  for (int i = 0; i < 100; ++i) many += "foreshape-stage=/" + std::to_string(i) + " ";
  EXPECT_EQ(paths_in_comment(many).size(), 8U);
}

TEST(ForeseenPaths, AreDeclaredOnesAndTheRulesThatFit) {
  const std::vector<StageRule> rules = {{"physics", "", "/physics"},
                                        {"", "relax_1", "/relax"},
                                        {"chemistry", "relax", "/c"},
                                        {"physics", "relax_9", "/relax"}};
  const StageForecast job{1001, 0.5, text_hash("physics"), folded_name_hash("relax_77"), {}};
  EXPECT_EQ(foreseen_paths(job, {{job.name, {"/mine"}}}, rules),
            (std::vector<std::string>{"/mine", "/physics", "/relax"}));
  const StageForecast nameless{1001, 0.5, text_hash("biology"), 0, {}};
  EXPECT_TRUE(foreseen_paths(nameless, {}, rules).empty());
}

TEST(StagingSubmission, LeavesNothingOfAPathToTheShell) {
  StageSettings settings;
  settings.plan.qos = "low prio";
  const auto submission =
      staging_submission(settings, 1001, "/it's $(here)", "/usr/bin/foreshape", "/etc/f.conf");
  EXPECT_EQ(submission.script,
            "#!/bin/sh\nexec '/usr/bin/foreshape' stage copy --quiet --conf '/etc/f.conf' --from '/it'\\''s "
            "$(here)'\n");
  EXPECT_EQ(submission.words.back(), "--qos=low prio");
  EXPECT_EQ(submission.words[2], "--uid=1001");
}

}  // namespace foreshape
