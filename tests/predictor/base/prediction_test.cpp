// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/prediction.h"

#include <gtest/gtest.h>

namespace foreshape {

TEST(ForecastQuantile, InterpolatesAndStaysConstantBeyondTheKeptLevels) {
  Forecast f;
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) f.quantiles[i] = 100.0F * kQuantileLevels[i];
  const struct {
    float q, want;
  } cases[] = {{.001F, 1}, {.01F, 1}, {.5F, 50}, {.6F, 60}, {.95F, 95}, {.999F, 99}};
  for (const auto& c : cases) EXPECT_NEAR(f.quantile(c.q), c.want, 1e-3) << c.q;
}

TEST(ForecastShareBelow, IsTheLevelOfThatQuantile) {
  Forecast f;
  EXPECT_EQ(f.share_below(1e9F), 0) << "nothing is known";
  f.jobs = 1;
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) f.quantiles[i] = 100.0F * kQuantileLevels[i];
  for (const float q : {.02F, .1F, .5F, .6F, .95F}) EXPECT_NEAR(f.share_below(f.quantile(q)), q, 1e-5) << q;
  EXPECT_EQ(f.share_below(1), 0);
  EXPECT_EQ(f.share_below(100), 1);
  f.quantiles.fill(7);
  EXPECT_EQ(f.share_below(7), 0);
  EXPECT_EQ(f.share_below(8), 1);
}

}  // namespace foreshape
