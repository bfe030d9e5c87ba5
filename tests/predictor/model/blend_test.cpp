// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/blend.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <utility>

namespace foreshape {
namespace {

Forecast says(float value) {
  Forecast forecast;
  forecast.quantiles.fill(value);
  forecast.typical = forecast.mean = value;
  forecast.jobs = 1;
  return forecast;
}

/// A job like several that have ended, which requested nothing.
constexpr BlendCase kUsual{Precedent::enough, kNoBound, 1};
constexpr BlendCase burst(float evidence) { return {Precedent::enough, kNoBound, evidence}; }

/// A network and a kernel that are both sure.
PointChoices sure(float kernel, float network) {
  PointChoices choices{};
  const float alike = std::min(kernel, network) / std::max(kernel, network);
  choices.size = 2;
  choices.value = {network, kernel};
  choices.network = {1, alike};
  choices.kernel = {alike, 1};
  return choices;
}

void teach(Blend& blend, UserId uid, const Forecast& kernel, const Forecast& network, float used, int times,
           const BlendCase& job = kUsual) {
  const BlendLesson lesson = lesson_of(kernel, network, sure(kernel.typical, network.typical), job);
  for (int i = 0; i < times; ++i) blend.learn(uid, lesson, used);
}

TEST(Blend, TakesThePointOfWhoeverDidBetterOnTheUsersOwnJobs) {
  Blend blend;
  const Forecast kernel = says(100), network = says(1000);
  for (int i = 0; i < 200; ++i) {
    teach(blend, 1, kernel, network, 100, 1);   // the kernel is right here
    teach(blend, 2, kernel, network, 1000, 1);  // and the network here
  }
  EXPECT_EQ(blend.mix(1, kUsual, kernel, network, sure(100, 1000)).typical, 100);
  EXPECT_EQ(blend.mix(2, kUsual, kernel, network, sure(100, 1000)).typical, 1000);
}

TEST(Blend, TellsStrangersWhatEverybodyTaught) {
  const Forecast kernel = says(100), network = says(1000);
  for (const float right : {100.0F, 1000.0F}) {
    Blend blend;
    teach(blend, 1, kernel, network, right, 100);
    const Forecast mixed = blend.mix(7, kUsual, kernel, network, sure(100, 1000));
    EXPECT_EQ(mixed.typical, right);
    for (const float q : mixed.quantiles) EXPECT_NEAR(q, right, .2F * right);
  }
}

TEST(Blend, FindsTheMixtureWhereNeitherIsRight) {
  Blend blend;
  const Forecast kernel = says(100), network = says(10'000);
  teach(blend, 1, kernel, network, 2'000, 2'000);
  // A weight of ln 20 / ln 100 = .65 hits.
  for (const float q : blend.mix(1, kUsual, kernel, network, sure(100, 10'000)).quantiles)
    EXPECT_NEAR(q, 2'000, 300);
}

TEST(Blend, MixesTheTailsForThemselves) {
  Blend blend;
  Forecast kernel = says(100), network = says(100);
  for (std::size_t i = 6; i < kQuantileLevels.size(); ++i) network.quantiles[i] = 1'000;
  teach(blend, 1, kernel, network, 100, 200);  // the network's tail is too long
  const Forecast mixed = blend.mix(1, kUsual, kernel, network, sure(100, 100));
  EXPECT_LT(mixed.quantiles[8], 150);
  std::swap(kernel, network);
  EXPECT_GT(blend.mix(1, kUsual, kernel, network, sure(100, 100)).quantiles[8], 670);
  EXPECT_EQ(blend.table().everybody.share[0], 0) << "below the tail both say the same: nothing to learn";
}

TEST(Blend, IsLittleMovedByOneUsersBurst) {
  const Forecast kernel = says(100), network = says(1000);
  const auto learned = [&](float evidence) {
    Blend blend;
    teach(blend, 1, kernel, network, 1000, 400);
    teach(blend, 1, kernel, network, 100, 2000, burst(evidence));
    return blend.mix(1, kUsual, kernel, network, sure(100, 1000)).quantiles[4];
  };
  EXPECT_NEAR(learned(1), 100, 1);
  EXPECT_GT(learned(4.0F / 2000), 500) << "two thousand jobs at once say little more than a few";
}

TEST(Blend, FollowsAUserWhoChanges) {
  Blend blend;
  const Forecast kernel = says(100), network = says(1000);
  teach(blend, 1, kernel, network, 1000, 5'000);
  teach(blend, 1, kernel, network, 100, 1'000);
  EXPECT_EQ(blend.mix(1, kUsual, kernel, network, sure(100, 1000)).typical, 100);
}

TEST(Blend, KeepsItsNumbersWithinBounds) {
  Blend blend;
  const Forecast kernel = says(1e-6F), network = says(1e30F);
  for (int i = 0; i < 3'000; ++i)
    teach(blend, static_cast<UserId>(i % 3), kernel, network, i % 2 == 0 ? 1 : 1e30F, 1,
          {static_cast<Precedent>(i % 3), kNoBound, 1});
  EXPECT_TRUE(check_blend(blend.table()));
}

TEST(Blend, GoesOnFromATableToTheSameBits) {
  const Forecast kernel = says(100), network = says(1000);
  Blend whole;
  teach(whole, 1, kernel, network, 700, 50);
  Blend half{whole.table()};
  teach(whole, 2, kernel, network, 100, 50, burst(.3F));
  teach(whole, 2, kernel, network, 2000, 5, {Precedent::few, kNoBound, 1});
  teach(half, 2, kernel, network, 100, 50, burst(.3F));
  teach(half, 2, kernel, network, 2000, 5, {Precedent::few, kNoBound, 1});
  EXPECT_EQ(whole.table(), half.table());
}

TEST(Blend, LearnsNothingWhereOneOfThemSaidNothing) {
  Blend blend;
  blend.learn(1, {says(1), Forecast{}, {}, kUsual}, 5);
  blend.learn(1, {Forecast{}, says(1), {}, kUsual}, 5);
  EXPECT_EQ(blend.table(), BlendTable{});
}

TEST(Blend, KnowsNoMoreUsersThanItHasRoomFor) {
  Blend blend;
  const BlendLesson lesson = lesson_of(says(1), says(2), sure(1, 2), kUsual);
  for (UserId uid = 0; uid < kMaxBlendUsers + 10; ++uid) blend.learn(uid, lesson, 2);
  EXPECT_EQ(blend.table().users.size(), kMaxBlendUsers);
  EXPECT_TRUE(check_blend(blend.table()));
  EXPECT_GT(blend.mix(kMaxBlendUsers + 5, kUsual, says(1), says(2), sure(1, 2)).quantiles[4], 1.9F)
      << "everybody's stand in";
}

TEST(CheckBlend, RefusesWhatNoLearningCanHaveMade) {
  const struct {
    const char* why;
    BlendLead lead;
  } cases[] = {
      {"a share beyond all", {{2, 0, 0}, {}, {}, 1}},
      {"a share that is none", {{std::nanf(""), 0, 0}, {}, {}, 1}},
      {"a negative sum of squares", {{}, {0, -1, 0}, {}, 1}},
      {"a loss that is none", {{}, {}, {0, 0, std::nanf(""), 0, 0}, 1}},
      {"a negative loss", {{}, {}, {0, 0, -1, 0, 0}, 1}},
      {"jobs without end", {{}, {}, {}, HUGE_VALF}},
      {"less than no jobs", {{}, {}, {}, -1}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_FALSE(check_blend({c.lead, {}}));
    EXPECT_FALSE(check_blend({{}, {{5, c.lead}}}));
  }
}

TEST(CheckBlend, RefusesAWideningThatNoLearningCanHaveMade) {
  for (const TailWidening& wrong : {TailWidening{-.1F, 1}, TailWidening{4, 1}, TailWidening{std::nanf(""), 1},
                                    TailWidening{1, -1}, TailWidening{1, HUGE_VALF}})
    EXPECT_FALSE(check_blend({{}, {}, {TailWidening{}, wrong}})) << wrong.by << ' ' << wrong.slopes;
}

TEST(Blend, TakesTheMoreCarefulTailWhereThereIsHardlyAPrecedent) {
  Blend blend;
  const Forecast kernel = says(100), network = says(1000);
  teach(blend, 1, kernel, network, 100, 300);  // of usual jobs the kernel knows best
  for (const Precedent precedent : {Precedent::none, Precedent::few})
    for (const bool is_swapped : {false, true}) {
      const Forecast mixed = blend.mix(1, {precedent, kNoBound, 1}, is_swapped ? network : kernel,
                                       is_swapped ? kernel : network, sure(100, 1000));
      EXPECT_NEAR(mixed.quantiles[8], 1000, 1);
      EXPECT_NEAR(mixed.quantiles[4], is_swapped ? 1000 : 100, 10) << "below the tail they count as ever";
    }
  EXPECT_NEAR(blend.mix(1, kUsual, kernel, network, sure(100, 1000)).quantiles[8], 100, 10);
}

TEST(Blend, WidensTheTailByWhatColdStartsMissed) {
  Blend blend;
  const Forecast said = says(100);
  const BlendCase cold{Precedent::none, kNoBound, 1}, few{Precedent::few, kNoBound, 1};
  for (int i = 0; i < 200; ++i) teach(blend, 1, said, said, i % 3 == 0 ? 600 : 50, 1, cold);
  const auto at_95 = [&](const BlendCase& job) {
    return blend.mix(2, job, said, said, sure(100, 100)).quantiles[8];
  };
  EXPECT_GT(at_95(cold), 450) << "a third of them took six times as long";
  EXPECT_LT(at_95(cold), 700);
  EXPECT_NEAR(at_95(few), 100, .1F) << "of those nothing was seen";
  EXPECT_NEAR(at_95(kUsual), 100, .1F);
  EXPECT_NEAR(at_95({Precedent::none, std::log(300.0F), 1}), 300, .1F) << "not above the request";
  EXPECT_NEAR(at_95({Precedent::none, std::log(60.0F), 1}), 100, .1F) << "nor below what both say";
  teach(blend, 1, said, said, 50, 2'000, cold);
  EXPECT_LT(at_95(cold), 250) << "and comes back where they keep to it";
}

TEST(Blend, ColdStartsDoNotTeachTheTailOfUsualJobs) {
  Blend blend;
  teach(blend, 1, says(100), says(1000), 1000, 500, {Precedent::none, kNoBound, 1});
  EXPECT_EQ(blend.table().everybody.share[2], 0);
  EXPECT_GT(blend.table().everybody.share[1], .3F);
}

/// What somebody lost on one job, at the levels about the median and in the tail.
double loss_of(const Forecast& said, float used) {
  double sum = 0;
  for (const std::size_t i : {4U, 7U, 8U}) {
    const double miss = std::log(used) - std::log(said.quantiles[i]);
    sum += miss >= 0 ? kQuantileLevels[i] * miss : (kQuantileLevels[i] - 1) * miss;
  }
  return sum;
}

TEST(Blend, LosesLittleMoreThanTheBetterOfTheTwoHoweverTheyTakeTurns) {
  constexpr int kJobs = 2'000, kDelay = 20;
  const Forecast kernel = says(100), network = says(400);
  const struct {
    const char* why;
    float (*used)(int);
  } cases[] = {
      {"the kernel is right", [](int) { return 100.0F; }},
      {"the network is right", [](int) { return 400.0F; }},
      {"job by job", [](int i) { return i % 2 == 0 ? 100.0F : 400.0F; }},
      {"as long as the outcomes are late", [](int i) { return i / kDelay % 2 == 0 ? 100.0F : 400.0F; }},
      {"in two halves", [](int i) { return i < kJobs / 2 ? 100.0F : 400.0F; }},
      {"both are wrong", [](int i) { return i % 7 == 0 ? 2'000.0F : 30.0F; }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Blend blend;
    double lost = 0, kernels = 0, networks = 0;
    for (int i = 0; i < kJobs; ++i) {
      lost += loss_of(blend.mix(1, kUsual, kernel, network, sure(100, 400)), c.used(i));
      kernels += loss_of(kernel, c.used(i));
      networks += loss_of(network, c.used(i));
      if (i >= kDelay) teach(blend, 1, kernel, network, c.used(i - kDelay), 1);
    }
    // What late outcomes cost grows with the root of the jobs times those that are outstanding (Joulani, Gyorgy &
    // Szepesvari, "Online learning under delayed feedback", ICML 2013).
    EXPECT_LT(lost, std::min(kernels, networks) + std::sqrt(kJobs * kDelay) / 2);
  }
}

TEST(Blend, TakesTheOneThatIsThere) {
  const Blend blend;
  EXPECT_EQ(blend.mix(1, kUsual, says(5), Forecast{}, {}).typical, 5);
  EXPECT_EQ(blend.mix(1, kUsual, Forecast{}, says(7), {}).typical, 7);
}

TEST(Blend, NeverMakesQuantilesCross) {
  Forecast kernel = says(1), network = says(1);
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) {
    kernel.quantiles[i] = static_cast<float>(1 + i);
    network.quantiles[i] = static_cast<float>(100 + i * i);
  }
  const Forecast mixed = Blend{}.mix(1, kUsual, kernel, network, sure(6, 125));
  for (std::size_t i = 1; i < kQuantileLevels.size(); ++i)
    EXPECT_GE(mixed.quantiles[i], mixed.quantiles[i - 1]);
}

}  // namespace
}  // namespace foreshape
