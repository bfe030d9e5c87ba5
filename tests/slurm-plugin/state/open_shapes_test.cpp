// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/open_shapes.h"

#include <atomic>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

namespace foreshape {
namespace {

constexpr UserId kOpener = 1021;
constexpr TextHash kTrain = 7, kTest = 8;

TEST(OpenShapes, OpensNoMoreOfAUsersNameThanTheLimit) {
  const auto shapes = std::make_unique<OpenShapes>();
  EXPECT_FALSE(shapes->open(kOpener, kTrain, 0));
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(shapes->open(kOpener, kTrain, 8));
  EXPECT_FALSE(shapes->open(kOpener, kTrain, 8));
  EXPECT_TRUE(shapes->open(kOpener, kTest, 8));
  EXPECT_TRUE(shapes->open(kOpener + 1, kTrain, 8));
  EXPECT_TRUE(shapes->open(kOpener, kTrain, std::numeric_limits<std::uint32_t>::max()));
}

TEST(OpenShapes, OpensAllTasksOfAnArrayOrNone) {
  const auto shapes = std::make_unique<OpenShapes>();
  EXPECT_FALSE(shapes->open(kOpener, kTrain, 8, 9));
  EXPECT_TRUE(shapes->open(kOpener, kTrain, 8, 6));
  EXPECT_FALSE(shapes->open(kOpener, kTrain, 8, 3));
  EXPECT_TRUE(shapes->open(kOpener, kTrain, 8, 2));
  const std::vector<OpenShapes::Job> still_there = {{kOpener, kTrain, 5}, {kOpener, kTrain}};
  shapes->recount(still_there);
  EXPECT_FALSE(shapes->open(kOpener, kTrain, 8, 3));
  EXPECT_TRUE(shapes->open(kOpener, kTrain, 8, 2));
}

TEST(OpenShapes, CountsWhatSlurmListsFromThenOn) {
  const auto shapes = std::make_unique<OpenShapes>();
  while (shapes->open(kOpener, kTrain, 8)) continue;
  const std::vector<OpenShapes::Job> still_there = {{kOpener, kTrain}, {kOpener, kTrain}, {kOpener, kTest}};
  shapes->recount(still_there);
  EXPECT_FALSE(shapes->open(kOpener, kTrain, 2));
  EXPECT_TRUE(shapes->open(kOpener, kTrain, 3));
  shapes->recount({});
  EXPECT_TRUE(shapes->open(kOpener, kTrain, 1));
}

TEST(OpenShapes, HoldsTheLimitAmongThreads) {
  const auto shapes = std::make_unique<OpenShapes>();
  std::atomic<int> opened{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i)
        if (shapes->open(kOpener, kTrain, 100)) ++opened;
    });
  threads.clear();
  EXPECT_EQ(opened, 100);
}

}  // namespace
}  // namespace foreshape
