// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/pool_score.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

constexpr std::int64_t kWindow_s = PoolScore::kWindow_s;

TEST(CountScore, IsMeansErrorAndCorrelation) {
  const struct {
    const char* why;
    std::vector<std::pair<double, double>> said_came;
    double said, came, rmse, correlation;
  } cases[] = {
      {"nothing", {}, 0, 0, 0, 0},
      {"always right", {{1, 1}, {3, 3}}, 2, 2, 0, 1},
      {"too much by one", {{2, 1}, {4, 3}}, 3, 2, 1, 1},
      {"the wrong way round", {{1, 3}, {3, 1}}, 2, 2, 2, -1},
      {"always the same", {{2, 1}, {2, 3}}, 2, 2, 1, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    CountScore score;
    for (const auto& [said, came] : c.said_came) score.add(said, came);
    EXPECT_DOUBLE_EQ(score.mean_forecast(), c.said);
    EXPECT_DOUBLE_EQ(score.mean_came(), c.came);
    EXPECT_DOUBLE_EQ(score.rmse(), c.rmse);
    EXPECT_DOUBLE_EQ(score.correlation(), c.correlation);
  }
}

TEST(PoolScore, SumsUsersAndCountsEachOfThemOnceInAWindow) {
  PoolScore pool{0};
  pool.came(1, 5);  // before the first window
  pool.expect(kWindow_s, 1, 0.5, 0.75);
  pool.expect(kWindow_s, 2, 0.25, 0.5);
  for (const std::int64_t at_s : {1, 7, 900}) pool.came(1, kWindow_s + at_s);
  pool.came(9, kWindow_s + 8);      // nobody was asked about this one
  pool.came(2, 2 * kWindow_s + 1);  // the next window, which stays open
  ASSERT_EQ(pool.of(PoolForecast::network).n(), 1U);
  EXPECT_DOUBLE_EQ(pool.of(PoolForecast::network).mean_forecast(), 1.25);
  EXPECT_DOUBLE_EQ(pool.of(PoolForecast::simple).mean_forecast(), 0.75);
  EXPECT_DOUBLE_EQ(pool.of(PoolForecast::network).mean_came(), 2);
  EXPECT_DOUBLE_EQ(pool.unasked().mean(), 1);
}

TEST(PoolScore, CountsWindowsInWhichNothingWasSaidAndNobodyCame) {
  PoolScore pool{0};
  pool.expect(0, 1, 0.5, 0.5);
  pool.expect(10 * kWindow_s, 1, 0.5, 0.5);
  EXPECT_EQ(pool.of(PoolForecast::network).n(), 10U);
  EXPECT_DOUBLE_EQ(pool.of(PoolForecast::network).mean_forecast(), 0.05);
}

TEST(PoolScore, LearnsTheHourOfTheWeekAndTheLastHourFromThePastAlone) {
  constexpr std::int64_t kHour_s = 3600, kWeek_s = 168 * kHour_s, kWeeks = 60;
  PoolScore pool{0};
  double first_hour = -1;
  for (std::int64_t start_s = 0; start_s <= kWeeks * kWeek_s; start_s += kWindow_s) {
    pool.expect(start_s, 1, 0, 0);
    if (start_s == kHour_s) first_hour = pool.of(PoolForecast::last_hour).mean_forecast();
    // Three users in each window of one hour of the week, none otherwise.
    if (start_s % kWeek_s < kHour_s)
      for (UserId uid = 1; uid <= 3; ++uid) pool.came(uid, start_s + 1);
  }
  EXPECT_DOUBLE_EQ(first_hour, (0 + 3 + 6 + 9) / 4.0 / 4) << "windows say what came before them";
  const CountScore& hour = pool.of(PoolForecast::hour_of_week);
  EXPECT_NEAR(hour.mean_forecast(), hour.mean_came(), 0.1 * hour.mean_came());
  EXPECT_GT(hour.correlation(), 0.95);
  EXPECT_LT(hour.rmse(), 0.3 * pool.of(PoolForecast::last_hour).rmse());
}

TEST(PoolScore, FollowsWithoutScoringWhatIsBeforeItsTime) {
  PoolScore pool{2 * kWindow_s};
  for (std::int64_t window = 0; window < 4; ++window) {
    pool.expect(window * kWindow_s, 1, 0.5, 0.5);
    pool.came(1, window * kWindow_s + 1);
  }
  EXPECT_EQ(pool.of(PoolForecast::simple).n(), 1U) << "the third; the fourth is still open";
  EXPECT_DOUBLE_EQ(pool.of(PoolForecast::last_hour).mean_forecast(), 0.5)
      << "two of four windows had one each";
}

}  // namespace
}  // namespace foreshape
