// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_plan.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tools/stage/declared_paths.h"
#include "tools/stage/script_paths.h"

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
      "1\x1frelax_1\x1f"
      "foreshape-stage=/old\n2\x1fother\x1fnone\n3\x1frelax_27\x1f"
      "foreshape-stage=/new,foreshape-stage=/b x\nmade up\n4_x\x1frelax_3\x1f\n");
  ASSERT_EQ(declared.size(), 2U);
  const JobsOfName& relax = declared.at(folded_name_hash("relax_5"));
  EXPECT_EQ(relax.paths, (std::vector<std::string>{"/new", "/b"}));
  EXPECT_FALSE(relax.newest_declares);
  EXPECT_EQ(relax.newest, 0U) << "4_x is no number";
  EXPECT_EQ(declared.at(folded_name_hash("other")).newest, 2U);
}

TEST(ScriptPaths, AreThoseOfTheCommentsBeforeTheFirstCommand) {
  EXPECT_EQ(
      paths_in_script(
          "Batch Script for 12\n---\n#!/bin/sh\n#SBATCH -n 1\n#STAGE /a//b/\n\n#BB_LUA stage_in source=/c\n"
          "#STAGE\t/a/b\n#STAGE relative\n#STAGE /two words\n#STAGED /d\n#STAGE /x/../y\n#STAGE $HOME\n"
          "true\n#STAGE /behind\n"),
      (std::vector<std::string>{"/a/b", "/c"}));
  EXPECT_TRUE(paths_in_script("#STAGE /before\nNONE\n").empty()) << "no script";
  std::string many = "#!/bin/sh\n";
  for (int i = 0; i < 100; ++i) many += "#STAGE /" + std::to_string(i) + "\n";
  EXPECT_EQ(paths_in_script(many).size(), 8U);
}

TEST(ScriptPaths, AreAskedForWhereAccountingKeepsScripts) {
  EXPECT_TRUE(are_scripts_kept("ClusterName = lab\nAccountingStoreFlags    = job_comment,job_script\n"));
  for (const char* config : {"", "AccountingStoreFlags = (null)\n",
                             "AccountingStoreFlags = job_env\nX = job_script\n", "AccountingStoreFlags"})
    EXPECT_FALSE(are_scripts_kept(config)) << config;
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
  EXPECT_EQ(foreseen_paths(job, {{job.name, {{"/mine"}, 1, true}}}, rules),
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
