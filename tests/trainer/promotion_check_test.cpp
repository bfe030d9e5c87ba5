// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/promotion_check.h"

#include <gtest/gtest.h>

#include "trainer/group_check.h"
#include "trainer/user_shares.h"

namespace foreshape {
namespace {

constexpr std::size_t kUsers = 20;

/// Jobs that used 100, and somebody who said `typical` with all quantiles that factor around it.
Score said(float typical, std::size_t jobs = 200, float spread = 1.5F) {
  Score score;
  Forecast forecast;
  forecast.typical = typical;
  forecast.jobs = 5;
  for (std::size_t i = 0; i < forecast.quantiles.size(); ++i)
    forecast.quantiles[i] = typical * (i < 4 ? 1 / spread : (i == 4 ? 1 : spread));
  for (std::size_t i = 0; i < jobs; ++i) score.add(forecast, 100);
  return score;
}

/// Twenty users with the same jobs, who always were there.
WindowScores window(const Score& candidate, const Score& kernel, const Score* champion = nullptr) {
  WindowScores scores;
  scores.models.resize(champion != nullptr ? 2 : 1);
  for (UserId uid = 1; uid <= kUsers; ++uid) {
    scores.jobs_before[uid] = 100;
    DecidingScores& part = scores.parts[{uid, 1, false}];
    part.kernel[0] = kernel;
    part.models.resize(scores.models.size());
    part.models[0][0] = candidate;
    if (champion != nullptr) part.models[1][0] = *champion;
    part.last2 = part.requested = said(300, candidate.jobs());
  }
  return scores;
}

void expect_one_reason(const WindowScores& scores, const std::string& begin) {
  const auto reasons = reasons_to_keep(scores);
  ASSERT_EQ(reasons.size(), 1U) << (reasons.empty() ? "" : reasons[1]);
  EXPECT_EQ(reasons[0].substr(0, begin.size()), begin);
}

/// How the jobs of one user are judged, 1,499 that nobody has seen before.
void add_attack(WindowScores& scores, const Score& candidate, const Score& champion, const Score& kernel) {
  DecidingScores& part = scores.parts[{666, 1, false}];
  part.models.resize(2);
  part.models[0][0] = candidate;
  part.models[1][0] = champion;
  part.kernel[0] = kernel;
}

TEST(PromotionCheck, PromotesWhatIsNotWorse) {
  const Score good = said(105), same = said(105), worse = said(112);
  const struct {
    const char* why;
    WindowScores scores;
    std::size_t reasons;
  } cases[] = {
      {"better than the kernel, no champion", window(good, worse), 0},
      {"better than both", window(good, worse, &worse), 0},
      {"as good as the champion", window(good, worse, &same), 0},
      {"worse than the kernel: loss and accuracy, and for all groups", window(worse, good), 3},
      {"worse than the champion", window(worse, worse, &good), 3},
      {"worse than all of them", window(worse, good, &good), 5},
      {"too few jobs to decide", window(said(105, 4), said(112, 4)), 1},
      {"its quantile .95 is too small too often", window(said(100, 200, 0.99F), said(100)), 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto reasons = reasons_to_keep(c.scores);
    EXPECT_EQ(reasons.size(), c.reasons) << (reasons.empty() ? "" : reasons[0]);
  }
}

TEST(PromotionCheck, LooksAtTheSimplePredictorsAndTheOtherResources) {
  WindowScores scores = window(said(110), said(130));
  for (auto& [whose, part] : scores.parts) part.last2 = said(101);
  EXPECT_EQ(reasons_to_keep(scores).size(), 1U);
  for (auto& [whose, part] : scores.parts) {
    part.last2 = said(300);
    part.models[0][1] = said(150);
    part.kernel[1] = said(101);
  }
  expect_one_reason(scores, "memory");
}

TEST(PromotionCheck, OneUsersThousandJobsDoNotDecideForEverybodyElse) {
  const Score worse = said(146, 25), today = said(132, 25);  // accuracy .685, .756
  WindowScores scores = window(worse, today, &today);
  add_attack(scores, said(100, 1499), said(200, 1499), said(200, 1499));
  Score unweighed[2];
  for (const auto& [whose, part] : scores.parts)
    for (std::size_t m = 0; m < 2; ++m) unweighed[m].add(part.models[m][0], 1);
  ASSERT_GT(unweighed[0].accuracy(), unweighed[1].accuracy() + 0.2) << "this is an attack";
  EXPECT_GE(reasons_to_keep(scores).size(), 3U);
  // Nor does one user keep from the others what is better for them.
  scores = window(today, worse, &worse);
  add_attack(scores, said(112, 1499), said(110, 1499), said(110, 1499));
  EXPECT_EQ(reasons_to_keep(scores), std::vector<std::string>{});
}

TEST(PromotionCheck, DecidesNothingWhereAllIsOneNewUsers) {
  const Score same = said(105, 5);
  WindowScores scores = window(same, same, &same);
  while (scores.parts.size() > 1) scores.parts.erase(std::prev(scores.parts.end()));
  add_attack(scores, said(100, 1499), said(200, 1499), said(200, 1499));
  expect_one_reason(scores, "1499 of the 1504 newest jobs are user 666's");
  // One who always had nearly all of the site's jobs is the site.
  scores.jobs_before[666] = 100'000;
  EXPECT_EQ(reasons_to_keep(scores), std::vector<std::string>{});
}

TEST(PromotionCheck, NoGroupOfUsersMayGetMuchWorse) {
  const Score good = said(101), today = said(110), worse = said(123);
  const struct {
    const char* why;
    bool (*is_worse)(UserId);
    const char* reason;
  } cases[] = {
      {"newcomers", [](UserId uid) { return uid % 4 == 0; }, "run time of newcomers (1000 jobs of 5)"},
      {"an account", [](UserId uid) { return uid <= 6; },
       "run time of the account of user 1 (1200 jobs of 6)"},
      {"one user of an account", [](UserId uid) { return uid == 3; }, nullptr},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    WindowScores scores = window(good, today, &today), grouped = scores;
    grouped.parts.clear();
    for (auto& [whose, part] : scores.parts) {
      if (c.is_worse(whose.uid)) part.models[0][0] = worse;
      grouped.parts[{whose.uid, whose.uid <= 6 ? 2U : 3U, whose.uid % 4 == 0}] = part;
    }
    if (c.reason != nullptr)
      expect_one_reason(grouped, c.reason);
    else
      EXPECT_EQ(reasons_to_keep(grouped), std::vector<std::string>{});
  }
}

TEST(PromotionCheck, OneUserAloneMovesNoGroup) {
  // For the others the candidate is as good as the champion; user 1, with most of the group's jobs, has it
  // much worse: together above the limits, and within the chance of who is in the group.
  const Score today = said(110), worse = said(160, 400);
  WindowScores scores = window(today, today, &today), grouped = scores;
  grouped.parts.clear();
  for (auto& [whose, part] : scores.parts) {
    if (whose.uid == 1) {
      part.models[0][0] = worse;
      part.models[1][0] = part.kernel[0] = said(110, 400);
      part.last2 = part.requested = said(300, 400);
    }
    grouped.parts[{whose.uid, whose.uid <= 5 ? 2U : 3U, false}] = part;
  }
  const UserWeights equal = [] {
    UserWeights weights;
    for (UserId uid = 1; uid <= kUsers; ++uid) weights.of_job[uid] = 1;
    return weights;
  }();
  EXPECT_EQ(groups_much_worse(grouped, equal), std::vector<std::string>{});
  // All five of them: that is no chance.
  for (auto& [whose, part] : grouped.parts)
    if (whose.account == 2) part.models[0][0] = said(160, part.models[0][0].jobs());
  EXPECT_EQ(groups_much_worse(grouped, equal).size(), 2U) << "the account, and users who are no heavy users";
}

TEST(PromotionCheck, AFewUsersMeasuredJobsCountAsTheyAre) {
  const Score good = said(105);
  WindowScores scores = window(good, good);
  for (auto& [whose, part] : scores.parts)
    if (whose.uid <= 3) {
      part.kernel[1] = said(101, 500);
      part.models[0][1] = said(150, 500);
    }
  EXPECT_EQ(contest_of(scores, Resource::peak_memory).weight, 0)
      << "no shares of three users keep to a tenth";
  expect_one_reason(scores, "memory");
}

TEST(UserShares, NobodysShareIsAboveTheMost) {
  JobsByUser users;
  for (UserId uid = 1; uid <= 30; ++uid) users[uid] = {.jobs = 20, .before = 100};
  users[666] = {.jobs = 5'000, .before = 0};
  users[7] = {.jobs = 900, .before = 3'000};
  const UserWeights weights = weigh_users(users);
  EXPECT_NEAR(weights.of_job.at(666) * 5'000 / weights.sum, 0.1, 1e-6);
  EXPECT_GT(weights.of_job.at(7) * 900 / weights.sum, 0.4) << "half of the history was theirs";
  EXPECT_EQ(weights.of_job.at(1), 1.0);
  EXPECT_EQ(weigh_users({{1, {50, 0}}, {2, {60, 0}}}).sum, 0) << "two newcomers cannot have a tenth each";
  EXPECT_EQ(weigh_users({{1, {50, 10}}}).sum, 50) << "one user is the site";
}

}  // namespace
}  // namespace foreshape
