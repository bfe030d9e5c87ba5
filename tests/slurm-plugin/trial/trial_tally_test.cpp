// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/trial/trial_tally.h"

#include <gtest/gtest.h>
#include <vector>

#include "tests/slurm-plugin/trial/listed_jobs.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kMorning_s = 86'400 * 20'000;
constexpr UserId kUser = 1021;

void look(TrialTally& tally, std::vector<slurm_job_info_t> jobs, UnixSeconds now_s) {
  tally.look(open_trials(test::list_of(jobs, now_s)), now_s);
}

TEST(TrialTally, CountsEachTrialAndEachEndOnce) {
  TrialTally tally;
  look(tally, {}, kMorning_s);
  for (int again = 0; again < 2; ++again)
    look(tally, {test::job_on_trial(7, JOB_RUNNING, kMorning_s), test::listed_job(8, JOB_RUNNING)},
         kMorning_s + 30);
  EXPECT_EQ(tally.counts().started, 1U);
  for (int again = 0; again < 2; ++again)
    look(tally, {test::job_on_trial(7, JOB_FAILED, kMorning_s)}, kMorning_s + 60);
  EXPECT_EQ(tally.counts().started, 1U);
  EXPECT_EQ(tally.counts().ended, 1U);
  look(tally, {test::job_on_trial(9, JOB_TIMEOUT, kMorning_s)}, kMorning_s + 90);
  EXPECT_EQ(tally.counts().ended, 1U) << "that is no end of its own";
}

TEST(TrialTally, CountsWhatWasThereAtTheStartForTheDayAlone) {
  TrialTally tally;
  look(tally, {test::job_on_trial(7, JOB_RUNNING, kMorning_s)}, kMorning_s);
  EXPECT_EQ(tally.counts().started, 0U);
  EXPECT_FALSE(tally.may_try(kUser, 1, kMorning_s));
}

TEST(TrialTally, StopsAUserForTheDayWhoHadManyOrAllInVain) {
  TrialTally tally;
  look(tally, {}, kMorning_s);
  std::vector<slurm_job_info_t> jobs;
  for (std::uint32_t i = 0; i < TrialTally::kInVain; ++i)
    jobs.push_back(test::job_on_trial(100 + i, JOB_RUNNING, kMorning_s));
  look(tally, jobs, kMorning_s);
  EXPECT_FALSE(tally.may_try(kUser, 100, kMorning_s));
  EXPECT_TRUE(tally.may_try(kUser + 1, 100, kMorning_s));
  EXPECT_TRUE(tally.may_try(kUser, 100, kMorning_s + 86'400)) << "on the next day";
  jobs[0].job_state = JOB_COMPLETE;
  look(tally, jobs, kMorning_s + 60);
  EXPECT_TRUE(tally.may_try(kUser, 100, kMorning_s + 60));
  EXPECT_FALSE(tally.may_try(kUser, TrialTally::kInVain, kMorning_s + 60));
}

}  // namespace
}  // namespace foreshape
