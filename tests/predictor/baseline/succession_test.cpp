// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/succession.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

constexpr UnixSeconds kNow = 1'800'000'000;
constexpr TextHash kName = 7;

/// A job of that name which ended so long ago, after a run of 100 s and a wait of 1,000.
PastJob ended(std::int64_t ago_s, TextHash name = kName, JobState state = JobState::completed) {
  const auto end_s = static_cast<std::uint32_t>(kNow - ago_s);
  return {.submit_s = end_s - 1'100,
          .start_s = end_s - 100,
          .end_s = end_s,
          .run_s = 100,
          .name = name,
          .requested_nodes = 2,
          .requested_cpus = 128,
          .state = state};
}

Submission submitted(std::int64_t ago_s) {
  Submission one;
  one.submit_s = static_cast<std::uint32_t>(kNow - ago_s);
  one.name = kName;
  one.nodes = 2;
  return one;
}

/// So many ends, two hours apart; each of the newest `followed` of them followed after delay_s.
double chance(int ends, int followed, std::int64_t delay_s) {
  std::vector<PastJob> jobs;
  std::vector<Submission> submissions;
  for (int i = 0; i < ends; ++i) {
    const std::int64_t ago_s = 500 + i * 7'200;
    jobs.push_back(ended(ago_s));
    if (i < followed) submissions.push_back(submitted(ago_s - delay_s));
  }
  return succession(kName, submissions, jobs, kNow).probability;
}

TEST(Succession, IsSureAfterThreeInARowAndNotBefore) {
  EXPECT_EQ(chance(0, 0, 0), 0);
  EXPECT_LT(chance(1, 1, 5), 0.5);
  EXPECT_LT(chance(2, 2, 5), 0.5);
  EXPECT_GT(chance(3, 3, 5), 0.5);
  EXPECT_GT(chance(20, 20, 5), 0.8);
  EXPECT_LT(chance(20, 3, 5), 0.35);
}

TEST(Succession, IsOfWhatComesWithinAMinute) {
  EXPECT_GT(chance(10, 10, 0), 0.5) << "in the same second";
  EXPECT_GT(chance(10, 10, 60), 0.5);
  EXPECT_EQ(chance(10, 10, 61), 0);
  EXPECT_EQ(chance(10, 10, -1), 0) << "submitted before the end: it waits for nothing";
}

TEST(Succession, SaysWhatComesAndForHowLongToWait) {
  const std::vector<PastJob> jobs{ended(500), ended(8'000), ended(16'000)};
  const std::vector<Submission> submissions{submitted(490), submitted(7'970), submitted(15'995)};
  const Succession next = succession(kName, submissions, jobs, kNow);
  EXPECT_EQ(next.ends, 3U);
  EXPECT_EQ(next.shape.nodes, 2U);
  EXPECT_EQ(next.shape.cpus, 128U) << "that Slurm gave";
  EXPECT_EQ(next.wait_s, 40) << "the longest was 30";
}

TEST(Succession, LooksAtJobsOfThatNameAndNotIntoTheFuture) {
  const std::vector<PastJob> jobs{ended(500, 8), ended(8'000), ended(16'000), ended(24'000)};
  const std::vector<Submission> submissions{submitted(-5), submitted(7'990), submitted(15'990),
                                            submitted(23'990)};
  EXPECT_EQ(succession(kName, submissions, jobs, kNow).ends, 3U);
  EXPECT_EQ(succession(0, submissions, jobs, kNow).ends, 4U);
  const std::vector<PastJob> just_now{ended(10)};
  EXPECT_EQ(succession(kName, submissions, just_now, kNow).ends, 0U)
      << "nobody has had the time to follow yet";
  // What happens later changes nothing that was said before.
  auto more = submissions;
  more.insert(more.begin(), submitted(-1'000));
  EXPECT_EQ(succession(kName, more, jobs, kNow).probability,
            succession(kName, submissions, jobs, kNow).probability);
}

TEST(SuccessShare, IsThatOfTheUsersOwnJobsOfThatName) {
  EXPECT_EQ(success_share(kName, {}), 1);
  const std::vector<PastJob> jobs{ended(10), ended(20, kName, JobState::failed),
                                  ended(30, kName, JobState::failed), ended(40, 8, JobState::failed)};
  EXPECT_EQ(success_share(kName, jobs), 0.5);
}

}  // namespace
}  // namespace foreshape
