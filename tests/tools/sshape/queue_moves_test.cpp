// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/queue_moves.h"

#include <gtest/gtest.h>
#include <random>

namespace foreshape {
namespace {

/// By the definition, pair by pair.
std::vector<QueueMove> moves_of_pairs(const std::vector<QueuedJob>& jobs) {
  std::vector<QueueMove> moves(jobs.size());
  for (std::size_t later = 0; later < jobs.size(); ++later)
    for (std::size_t earlier = 0; earlier < jobs.size(); ++earlier) {
      const QueuedJob& a = jobs[earlier];
      const QueuedJob& b = jobs[later];
      const bool came_before = a.submit_s < b.submit_s || (a.submit_s == b.submit_s && earlier < later);
      const bool both_stood = a.until_s > a.submit_s && b.until_s > b.submit_s;
      if (!both_stood || !came_before || a.until_s <= b.submit_s) continue;
      if (b.submit_s + b.offset_s >= a.submit_s + a.offset_s) continue;
      ++moves[later].ahead_of;
      ++moves[earlier].passed_by;
    }
  return moves;
}

std::vector<QueuedJob> random_jobs(std::mt19937& random, std::size_t n) {
  std::vector<QueuedJob> jobs(n);
  for (QueuedJob& job : jobs) {
    job.submit_s = static_cast<UnixSeconds>(random() % 100);
    job.until_s = job.submit_s + static_cast<UnixSeconds>(random() % 40);
    job.offset_s = static_cast<std::int64_t>(random() % 120) - 20;
  }
  return jobs;
}

}  // namespace

TEST(QueueMoves, ShortJobsGoAheadOfThoseThatWait) {
  const std::vector<QueuedJob> jobs = {{0, 1'000, 5'000},    // long: the two short ones come while it waits
                                       {100, 150, 5'000},    // long, gone before they come
                                       {200, 1'000, 60},     // short
                                       {300, 1'000, 6'000},  // longer still: stays behind
                                       {400, 1'000, 60}};
  const auto moves = queue_moves(jobs);
  EXPECT_EQ(moves[0].passed_by, 2);
  EXPECT_EQ(moves[1].passed_by, 0);
  EXPECT_EQ(moves[2].ahead_of, 1);
  EXPECT_EQ(moves[3].ahead_of, 0);
  EXPECT_EQ(moves[3].passed_by, 1);
  EXPECT_EQ(moves[4].ahead_of, 2);
}

TEST(QueueMoves, AreNoneWithEqualOffsets) {
  for (const QueueMove& move : queue_moves(std::vector<QueuedJob>{{0, 90, 7}, {10, 90, 7}, {10, 90, 7}})) {
    EXPECT_EQ(move.ahead_of, 0);
    EXPECT_EQ(move.passed_by, 0);
  }
  EXPECT_TRUE(queue_moves({}).empty());
}

TEST(QueueMoves, AreThoseOfEveryPair) {
  std::mt19937 random(15);
  for (int round = 0; round < 200; ++round) {
    const auto jobs = random_jobs(random, 1 + random() % 30);
    const auto moves = queue_moves(jobs), pairs = moves_of_pairs(jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      ASSERT_EQ(moves[i].ahead_of, pairs[i].ahead_of) << round << " " << i;
      ASSERT_EQ(moves[i].passed_by, pairs[i].passed_by) << round << " " << i;
    }
  }
}

}  // namespace foreshape
