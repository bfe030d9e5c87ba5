// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/foresight.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>

namespace foreshape {
namespace {

constexpr UnixSeconds kNow = 1'800'000'000;

/// Says what the gaps say of the time, as every network does before it is trained.
ArrivalModel untrained() {
  ArrivalModel model;
  const ArrivalLayout layout{model.hidden};
  model.weights.resize(layout.total);
  initialise_weights(layout, 1, model.weights);
  std::ranges::fill(std::span{model.weights}.subspan(layout.out.offset, layout.out.size()), 0.0F);
  return model;
}

/// Every minute until ten seconds ago, two shapes in turn: of two nodes, and at last of one.
void add_two_shapes(ProfileStore& profiles, UserId uid) {
  for (std::uint32_t i = 10; i > 0; --i) {
    Submission one;
    one.submit_s = static_cast<std::uint32_t>(kNow) - 60 * i + 50;
    one.partition = i % 2 == 0 ? 42 : 43;
    one.nodes = i % 2 == 0 ? 2 : 1;
    one.cpus = 8;
    one.predicted_run_s = 30 * one.nodes;
    profiles.add_submission(uid, one);
  }
}

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

  const auto foreseen = foresee_jobs(profiles, kNow, 120, 0.1).jobs;
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

TEST(ForeseeJobs, DoesNotCountSubmissionsWhoseJobsNobodyHasSeen) {
  ProfileStore profiles;
  std::vector<std::uint64_t> unseen;
  for (std::uint32_t i = 10; i > 0; --i) {
    Submission test;
    test.submit_s = static_cast<std::uint32_t>(kNow) - 60 * i + 50;
    test.token = i;
    profiles.add_submission(1001, test);
    unseen.push_back(i);
  }
  EXPECT_EQ(foresee_jobs(profiles, kNow, 120, 0.1).jobs.size(), 1U);
  std::ranges::sort(unseen);
  EXPECT_TRUE(foresee_jobs(profiles, kNow, 120, 0.1, {}, unseen).jobs.empty());
}

TEST(ForeseeJobs, AsksTheNetworkWhereThereIsOne) {
  ProfileStore profiles;
  add_two_shapes(profiles, 1001);
  const Foreseen gaps = foresee_jobs(profiles, kNow, 120, 0.1);
  ASSERT_EQ(gaps.jobs.size(), 1U);
  EXPECT_EQ(gaps.by_network, 0U);
  EXPECT_EQ(gaps.jobs[0].partition, 43U);

  ArrivalModel model = untrained();
  UserId requested = 0;
  const ArrivalNetwork network{&model, [&](UserId uid, std::span<LiveJob>) {
                                 requested = uid;
                                 return std::size_t{0};
                               }};
  Foreseen by_network = foresee_jobs(profiles, kNow, 120, 0.1, network);
  ASSERT_EQ(by_network.jobs.size(), 1U);
  EXPECT_EQ(by_network.by_network, 1U);
  EXPECT_EQ(requested, 1001U);
  EXPECT_NEAR(by_network.jobs[0].job.probability, gaps.jobs[0].job.probability, 0.03);

  // A network that points at the shape before the last: its nodes, partition and run time.
  const ArrivalLayout layout{model.hidden};
  std::ranges::fill(std::span{model.weights}.subspan(layout.shape.offset), 0.0F);
  const std::size_t rank = static_cast<std::size_t>(ShapeFeature::rank) * ArrivalLayout::kShapeHidden;
  model.weights[layout.shape.offset + rank] = 50;
  model.weights[layout.shape_out.offset] = 50;
  by_network = foresee_jobs(profiles, kNow, 120, 0.1, network);
  ASSERT_EQ(by_network.jobs.size(), 1U);
  EXPECT_EQ(by_network.jobs[0].partition, 42U);
  EXPECT_EQ(by_network.jobs[0].job.nodes, 2U);
  EXPECT_EQ(by_network.jobs[0].job.run_s, 60);
}

TEST(ForeseeJobs, TakesTheGapsWhereTheNetworkSaysNothingThatIsANumber) {
  ProfileStore profiles;
  add_two_shapes(profiles, 1001);
  ArrivalModel model = untrained();
  std::ranges::fill(model.weights, std::numeric_limits<float>::quiet_NaN());
  const Foreseen foreseen = foresee_jobs(profiles, kNow, 120, 0.1, {&model, {}});
  ASSERT_EQ(foreseen.jobs.size(), 1U);
  EXPECT_EQ(foreseen.by_network, 0U);
  EXPECT_GT(foreseen.jobs[0].job.probability, 0.8);
  EXPECT_EQ(foreseen.jobs[0].partition, 43U);
}

}  // namespace
}  // namespace foreshape
