// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/memory_safety.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace foreshape {
namespace {

constexpr UnixSeconds kBegin = 1'700'000'000;
constexpr double kTarget = .05;
constexpr UserId kHog = 7;

using Changes = std::vector<MemorySafety::Change>;

/// Whose jobs keep their request; sorted.
std::vector<UserId> off_users(const MemorySafety& safety) {
  std::vector<UserId> off;
  for (const auto& [user, ends] : safety.users())
    if (ends.off_until_s > 0) off.push_back(user);
  return off;
}

Changes note_many(MemorySafety& safety, UserId user, int ended, int killed, UnixSeconds now_s = kBegin) {
  Changes all;
  for (int i = 0; i < ended; ++i)
    for (const auto& change : safety.note(user, i < killed, kTarget, now_s)) all.push_back(change);
  return all;
}

TEST(TooManyKills, AreThoseThatTwiceTheTargetDoesNotExplain) {
  const struct {
    const char* why;
    std::uint64_t killed, ended;
    double target;
    bool want;
  } cases[] = {
      {"nothing has ended", 0, 0, .05, false},
      {"one kill says nothing", 1, 1, .01, false},
      {"two of two at one in a hundred do", 2, 2, .01, true},
      {"two of two at one in twenty do not", 2, 2, .05, false},
      {"three of three do", 3, 3, .05, true},
      {"at the target", 50, 1'000, .05, false},
      {"at twice the target", 100, 1'000, .05, false},
      {"at three times the target, of many", 150, 1'000, .05, true},
      {"at three times the target, of few", 3, 20, .05, false},
      {"a target that can't be left", 500, 1'000, .5, false},
      {"figures that can't be", 5, 3, .05, false},
  };
  for (const auto& c : cases) EXPECT_EQ(are_too_many(c.killed, c.ended, c.target), c.want) << c.why;
}

TEST(TooManyKills, AreRareAtTheTargetAndCertainFarBeyondIt) {
  std::mt19937_64 random(20261128);
  const auto falls_of = [&random](double rate) {
    int falls = 0;
    for (int run = 0; run < 500; ++run) {
      MemorySafety safety;
      std::bernoulli_distribution is_killed(rate);
      for (int i = 0; i < 1'000 && !safety.is_off_for_all() && off_users(safety).empty(); ++i)
        safety.note(kHog, is_killed(random), kTarget, kBegin);
      falls += off_users(safety).empty() ? 0 : 1;
    }
    return falls;
  };
  EXPECT_LE(falls_of(kTarget), 10);
  EXPECT_GE(falls_of(5 * kTarget), 495);
}

TEST(MemorySafety, SwitchesOffForTheUserAloneAndComesBackAfterACleanDay) {
  MemorySafety safety;
  note_many(safety, 8, 100, 0);
  const Changes changes = note_many(safety, kHog, 3, 3);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].user, kHog);
  EXPECT_EQ(changes[0].ends.killed, 3U);
  EXPECT_EQ(off_users(safety), std::vector<UserId>{kHog});
  EXPECT_FALSE(safety.is_off_for_all());

  EXPECT_TRUE(safety.come_back(kBegin + MemorySafety::kDay_s - 1).empty());
  note_many(safety, kHog, 1, 1, kBegin + 1'000);
  EXPECT_TRUE(safety.come_back(kBegin + MemorySafety::kDay_s).empty()) << "the day was not clean";
  const Changes back = safety.come_back(kBegin + 1'000 + MemorySafety::kDay_s);
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(back[0].user, kHog);
  EXPECT_TRUE(off_users(safety).empty());
  EXPECT_EQ(safety.users().at(kHog).ended, 0U) << "it begins anew";
}

TEST(MemorySafety, PausesForTwiceAsLongEachTimeUntilAMonthWasGood) {
  MemorySafety safety;
  UnixSeconds now_s = kBegin;
  for (const std::int64_t days : {1, 2, 4, 8, 16, 32, 32}) {
    note_many(safety, kHog, 3, 3, now_s);
    EXPECT_EQ(safety.users().at(kHog).off_until_s, now_s + days * MemorySafety::kDay_s);
    now_s += days * MemorySafety::kDay_s;
    EXPECT_EQ(safety.come_back(now_s).size(), 1U);
  }
  now_s += MemorySafety::kForgiven_s + 1;
  note_many(safety, kHog, 3, 3, now_s);
  EXPECT_EQ(safety.users().at(kHog).off_until_s, now_s + MemorySafety::kDay_s);
}

TEST(MemorySafety, SwitchesOffForAllWhenManyHaveTooLittleOfWhomNoneStandsOut) {
  MemorySafety safety;
  Changes changes;
  for (UserId user = 1; user <= 30 && changes.empty(); ++user) changes = note_many(safety, user, 3, 1);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_FALSE(changes[0].user);
  EXPECT_TRUE(safety.is_off_for_all());
  EXPECT_TRUE(off_users(safety).empty());
  EXPECT_EQ(safety.come_back(kBegin + MemorySafety::kDay_s).size(), 1U);
  EXPECT_FALSE(safety.is_off_for_all());
  EXPECT_TRUE(note_many(safety, 40, 1, 1).empty()) << "what was before is not counted again";
}

TEST(MemorySafety, LetsNoUserEndItForTheOthers) {
  MemorySafety safety;
  note_many(safety, 8, 20, 0);
  note_many(safety, kHog, 500, 500);
  EXPECT_FALSE(safety.is_off_for_all());
  MemorySafety fresh;
  for (const UserId user : {1U, 2U}) fresh.note(user, true, .01, kBegin);
  EXPECT_FALSE(fresh.is_off_for_all()) << "nor two of them";
  fresh.note(3, true, .01, kBegin);
  EXPECT_TRUE(fresh.is_off_for_all());
}

TEST(MemorySafety, LetsTheUsersHeadroomFollowThroughPausesToo) {
  MemorySafety safety;
  note_many(safety, kHog, 3, 3);
  const double raised = safety.users().at(kHog).headroom;
  EXPECT_GT(raised, 1.5 * kFirstHeadroom);
  safety.come_back(kBegin + MemorySafety::kDay_s);
  EXPECT_EQ(safety.users().at(kHog).headroom, raised) << "what it needs is known all the same";
  note_many(safety, kHog, 100, 0, kBegin + 2 * MemorySafety::kDay_s);
  EXPECT_LT(safety.users().at(kHog).headroom, raised);

  auto nonsense = safety.users();
  nonsense.at(kHog).headroom = -1;
  EXPECT_EQ(MemorySafety(nonsense, {}, kBegin).users().at(kHog).headroom, kFirstHeadroom);
}

TEST(MemorySafety, GoesOnAfterARestartAndDistrustsAClockThatWasAhead) {
  MemorySafety before;
  note_many(before, kHog, 3, 3);
  MemorySafety after(before.users(), before.everybody(), kBegin + 10);
  EXPECT_EQ(off_users(after), std::vector<UserId>{kHog});
  EXPECT_EQ(after.come_back(kBegin + MemorySafety::kDay_s).size(), 1U);

  MemorySafety ahead(before.users(), before.everybody(), kBegin - 400 * MemorySafety::kDay_s);
  EXPECT_EQ(ahead.come_back(kBegin - 368 * MemorySafety::kDay_s).size(), 1U);
}

}  // namespace
}  // namespace foreshape
