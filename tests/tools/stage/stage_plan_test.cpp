// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_plan.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tools/stage/declared_paths.h"

namespace foreshape {

TEST(PlanStaging, IsWorthItByProbabilityAndReadingTimeSaved) {
  StagePlanSettings plan;
  plan.read_bytes_s = 100;
  plan.saved_s = 60;
  const struct {
    const char* why;
    double probability;
    SourceState source;
    const char* reason;
  } cases[] = {
      {"worth it", 0.5, {true, false, 12'000, 0, {}}, nullptr},
      {"too small", 0.5, {true, false, 11'000, 0, {}}, "saves 55.0 s of reading by expectation"},
      {"too unlikely", 0.1, {true, false, 12'000, 0, {}}, "less than 60 (MinSaved)"},
      {"there already", 1, {true, true, 1 << 30, 0, {}}, "staged already"},
      {"the last ones were for nothing", 1, {true, false, 1 << 30, 2, {}}, "not used yet"},
      {"the user may not read it", 1, {false, false, 1 << 30, 0, {'n', 'o'}}, "no"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto reason = reason_against({1001, c.probability, "/data"}, c.source, plan);
    EXPECT_EQ(reason.has_value(), c.reason != nullptr);
    if (c.reason != nullptr) {
      EXPECT_NE(reason.value_or("").find(c.reason), std::string::npos) << reason.value_or("");
    }
  }
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
    const auto reason = reason_to_rest({1001, 1, "/data"}, staging_jobs(c.squeue, c.sacct), plan);
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
  const StageForecast job{1001, 0.5, text_hash("physics"), folded_name_hash("relax_77")};
  EXPECT_EQ(foreseen_paths(job, {{job.name, {"/mine"}}}, rules),
            (std::vector<std::string>{"/mine", "/physics", "/relax"}));
  const StageForecast nameless{1001, 0.5, text_hash("biology"), 0};
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
