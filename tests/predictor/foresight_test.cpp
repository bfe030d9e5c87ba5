#include "predictor/foresight.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

constexpr UnixSeconds kNow = 1'800'000'000;

TEST(ForeseeJobs, SeesTheUsersWhoAreLikelyToComeBack) {
  ProfileStore profiles;
  for (std::uint32_t i = 10; i > 0; --i) {
    Submission habit;
    habit.submit_s = static_cast<std::uint32_t>(kNow) - 60 * i + 50;  // the last one 10 s ago
    habit.partition = 42;
    habit.nodes = 2;
    habit.cpus = 8;
    habit.memory_kib = 1024;
    habit.predicted_run_s = 30;
    profiles.add_submission(1001, habit);
    habit.submit_s -= 90'000;  // another user's, long ago
    profiles.add_submission(1002, habit);
  }
  Submission once;
  once.submit_s = static_cast<std::uint32_t>(kNow) - 60;
  profiles.add_submission(1003, once);

  const auto foreseen = foresee_jobs(profiles, kNow, 120, 0.1);
  ASSERT_EQ(foreseen.size(), 1U);
  const ForeseenJob& job = foreseen[0].job;
  EXPECT_EQ(foreseen[0].partition, 42U);
  EXPECT_EQ(job.uid, 1001U);
  EXPECT_GT(job.probability, 0.8);
  EXPECT_EQ(job.nodes, 2U);
  EXPECT_EQ(job.cpus, 8U);
  EXPECT_EQ(job.memory_bytes, 1024 * 1024);
  EXPECT_EQ(job.run_s, 30);
}

}  // namespace
}  // namespace foreshape
