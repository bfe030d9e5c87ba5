// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/base/bounded_queue.h"

#include <array>
#include <gtest/gtest.h>
#include <set>
#include <thread>
#include <vector>

namespace foreshape {
namespace {

TEST(BoundedQueue, GivesBackWhatWasPutInAndInOrder) {
  BoundedQueue<int> queue(3);
  std::array<int, 2> out{};
  EXPECT_EQ(queue.take(out), 0U);
  for (int round = 0; round < 5; ++round) {
    EXPECT_TRUE(queue.push(2 * round));
    EXPECT_TRUE(queue.push(2 * round + 1));
    EXPECT_EQ(queue.take(out), 2U);
    EXPECT_EQ(out[0], 2 * round);
    EXPECT_EQ(out[1], 2 * round + 1);
  }
}

TEST(BoundedQueue, LosesTheNewestWhenFullAndCountsIt) {
  BoundedQueue<int> queue(2);
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  EXPECT_FALSE(queue.push(3));
  EXPECT_EQ(queue.lost(), 1U);
  std::array<int, 4> out{};
  ASSERT_EQ(queue.take(out), 2U);
  EXPECT_EQ(out[0], 1);
  EXPECT_EQ(out[1], 2);
  EXPECT_TRUE(queue.push(4));
}

TEST(BoundedQueue, LosesNothingBetweenThreadsWhileThereIsRoom) {
  BoundedQueue<int> queue(4000);
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w)
    writers.emplace_back([&queue, w] {
      for (int i = 0; i < 1000; ++i) queue.push(w * 1000 + i);
    });
  std::set<int> seen;
  std::array<int, 64> out{};
  while (seen.size() < 4000) {
    const std::size_t n = queue.take(out);
    seen.insert(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(n));
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(queue.lost(), 0U);
  EXPECT_EQ(queue.size(), 0U);
}

}  // namespace
}  // namespace foreshape
