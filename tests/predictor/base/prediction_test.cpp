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

}  // namespace foreshape
