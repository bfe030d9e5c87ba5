// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/user_margins.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

/// So many jobs of a user, of which `above` ran longer than all quantiles.
void add_jobs(UserMargins& margins, UserId uid, std::size_t jobs, std::size_t above, float quantile = 100,
              std::optional<std::int64_t> limit_s = 1000) {
  Forecast forecast;
  forecast.jobs = 5;
  forecast.typical = quantile;
  forecast.quantiles.fill(quantile);
  for (std::size_t i = 0; i < jobs; ++i)
    margins.add(uid, forecast, i < above ? static_cast<double>(quantile) + 5 : 50, limit_s);
}

TEST(UserMargins, AShareBeyondTwoStandardErrorsIsTooSmall) {
  const struct {
    std::size_t jobs, above;
    std::size_t too_small_90, too_small_95;
  } cases[] = {
      // 10 of 100 are allowed at .9, with 6 more by chance; 5 and 4.36 at .95.
      {100, 0, 0, 0},  {100, 9, 0, 0},  {100, 10, 0, 1},
      {100, 16, 0, 1}, {100, 17, 1, 1}, {10'000, 1'100, 1, 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.above);
    UserMargins margins;
    add_jobs(margins, 1, c.jobs, c.above);
    const MarginCounts counts = margins.counts();
    EXPECT_EQ(counts.all[0].users, 1U);
    EXPECT_EQ(counts.all[0].too_small, c.too_small_90);
    EXPECT_EQ(counts.all[1].too_small, c.too_small_95);
  }
}

TEST(UserMargins, OfFewJobsNothingIsSaidAndUsersDoNotHideOneAnother) {
  UserMargins margins;
  add_jobs(margins, 1, 99, 99);
  add_jobs(margins, 2, 5'000, 0);
  add_jobs(margins, 3, 200, 60);
  EXPECT_EQ(margins.counts().all[0].users, 2U);
  EXPECT_EQ(margins.counts().all[0].too_small, 1U);
}

TEST(UserMargins, JobsWhoseQuantileIsTheLimitSayNothingBelowIt) {
  UserMargins margins;
  add_jobs(margins, 1, 400, 0, 1000);  // the quantile is the limit: nothing can be above it
  add_jobs(margins, 1, 120, 40);
  const MarginCounts counts = margins.counts();
  EXPECT_EQ(counts.all[0].too_small, 0U) << "40 of 520 jobs";
  EXPECT_EQ(counts.below_limit[0].users, 1U);
  EXPECT_EQ(counts.below_limit[0].too_small, 1U) << "40 of 120";
  UserMargins unlimited;
  add_jobs(unlimited, 1, 120, 40, 1000, std::nullopt);
  EXPECT_EQ(unlimited.counts().below_limit[0].too_small, 1U);
}

}  // namespace
}  // namespace foreshape
