// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/margin_scale.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/predictor/plan/margin_builders.h"

namespace foreshape {
namespace {

using test::log_normal;

TEST(ValueAt, NeverFallsAndGoesOnBeyondTheLastQuantile) {
  for (const double spread : {0.0, 0.5, 3.0}) {
    const Forecast forecast = log_normal(3'600, spread);
    double before = 0;
    for (double t = 0; t < 17; t += 0.05) {
      const double value = value_at(forecast, t);
      ASSERT_GE(value, before) << "spread " << spread << ", t " << t;
      before = value;
    }
    EXPECT_GT(value_at(forecast, 12), 2 * value_at(forecast, 4.6)) << "spread " << spread;
  }
}

TEST(ScoreOf, IsTheSmallestMarginThatWouldHaveBeenEnough) {
  for (const double spread : {0.0, 0.5, 3.0})
    for (const double used : {1.0, 900.0, 3'600.0, 5'000.0, 40'000.0, 1e7}) {
      const Forecast forecast = log_normal(3'600, spread);
      const double score = score_of(forecast, used);
      EXPECT_GE(value_at(forecast, score), used * (1 - 1e-6)) << spread << ", " << used;
      const double less = value_at(forecast, std::max(score - 0.01, 0.0));
      EXPECT_TRUE(less < used || score < 0.02) << spread << ", " << used;
    }
}

}  // namespace
}  // namespace foreshape
