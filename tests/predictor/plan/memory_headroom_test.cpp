// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/memory_headroom.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace foreshape {
namespace {

TEST(MemoryHeadroom, RisesWithAKillAndFallsAsSlowlyAsTheTargetIsSmall) {
  const double killed = next_headroom(kFirstHeadroom, true, .01);
  EXPECT_NEAR(killed / kFirstHeadroom, std::exp(kHeadroomStep * .99), 1e-12);
  double headroom = killed;
  for (int i = 0; i < 99; ++i) headroom = next_headroom(headroom, false, .01);
  EXPECT_NEAR(headroom, kFirstHeadroom, 1e-9) << "one of a hundred was killed, as wanted";
  EXPECT_LT(next_headroom(kFirstHeadroom, false, .05), next_headroom(kFirstHeadroom, false, .01));
}

TEST(MemoryHeadroom, StaysWithinItsBoundsWhateverItWas) {
  for (const double from :
       {kMinHeadroom, kMaxHeadroom, 0.0, -3.0, 1e300, std::numeric_limits<double>::infinity(),
        std::numeric_limits<double>::quiet_NaN()})
    for (const bool was_killed : {false, true}) {
      const double next = next_headroom(from, was_killed, .01);
      EXPECT_GE(next, kMinHeadroom);
      EXPECT_LE(next, kMaxHeadroom);
    }
}

/// The guarantee in the header: whatever order kills come in, between two moments at the least headroom.
TEST(MemoryHeadroom, BoundsTheKillsOfAnyUser) {
  std::mt19937_64 random(20261128);
  std::normal_distribution<double> noise(0, .8);
  for (const double target : {.01, .02, .05}) {
    double headroom = kFirstHeadroom;
    double ends = 0, kills = 0;
    for (int i = 0; i < 200'000; ++i) {
      const double needs = std::exp(std::min(noise(random), 1.87));  // of the largest peak that was known
      const bool was_killed = needs > headroom;
      ++ends;
      kills += was_killed ? 1 : 0;
      headroom = next_headroom(headroom, was_killed, target);
      ASSERT_LE(kills, target * ends + 11);
      if (headroom == kMinHeadroom) ends = kills = 0;
    }
  }
}

TEST(MemoryHeadroom, SettlesWhereTheStatedShareIsKilled) {
  std::mt19937_64 random(20261128);
  std::normal_distribution<double> noise(0, .4);
  double headroom = kFirstHeadroom;
  constexpr int kEnds = 200'000;
  int kills = 0;
  for (int i = 0; i < kEnds; ++i) {
    const bool was_killed = std::exp(noise(random)) > headroom;
    kills += was_killed ? 1 : 0;
    headroom = next_headroom(headroom, was_killed, .02);
  }
  EXPECT_NEAR(static_cast<double>(kills) / kEnds, .02, .001);
}

}  // namespace
}  // namespace foreshape
