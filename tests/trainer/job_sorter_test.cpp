// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/job_sorter.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/predictor/model/made_inputs.h"

namespace foreshape {
namespace {

std::vector<TracedJob> unsorted(std::size_t count) {
  test::Dice dice{4};
  std::vector<TracedJob> jobs(count);
  for (std::size_t i = 0; i < count; ++i) {
    jobs[i].request.submit_s = 1000 + dice.whole(200);
    jobs[i].request.uid = static_cast<UserId>(i);
  }
  return jobs;
}

TEST(JobSorter, SortsByTimeAndKeepsTheOrderWithinASecondInMemoryAndOnDisk) {
  for (const std::size_t run_jobs : {10'000U, 997U, 37U}) {
    auto jobs = unsorted(5'000);
    JobSorter sorter{"/tmp", run_jobs};
    for (const TracedJob& job : jobs) ASSERT_TRUE(sorter.add(job));
    std::vector<UserId> sorted;
    ASSERT_TRUE(sorter.drain([&](const TracedJob& job) -> Result<void> {
      sorted.push_back(job.request.uid);
      return {};
    }));
    std::ranges::stable_sort(jobs, {}, [](const TracedJob& job) { return job.request.submit_s; });
    ASSERT_EQ(sorted.size(), jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) ASSERT_EQ(sorted[i], jobs[i].request.uid) << run_jobs;
  }
}

TEST(JobSorter, SaysWhereItCannotWrite) {
  JobSorter sorter{"/none", 2};
  ASSERT_TRUE(sorter.add({}));
  const auto refused = sorter.add({});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("/none"), std::string::npos);
}

TEST(JobSorter, EndsWhereItsTakerFails) {
  JobSorter sorter{"/tmp", 2};
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(sorter.add({}));
  int taken = 0;
  EXPECT_FALSE(sorter.drain([&](const TracedJob&) -> Result<void> {
    return ++taken == 3 ? failure(ErrorCode::unavailable, "full") : Result<void>{};
  }));
  EXPECT_EQ(taken, 3);
}

}  // namespace
}  // namespace foreshape
