// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/html/svg_plot.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(CountingAxis, HasAFewRoundTicks) {
  for (const double most : {0.0, 1.0, 3.0, 7.0, 60.0, 99.0, 1'234.0, 45'678.0}) {
    SCOPED_TRACE(most);
    const Axis axis = counting_axis(most, "jobs");
    EXPECT_GE(axis.most, most);
    EXPECT_GE(axis.ticks.size(), 2U);
    EXPECT_LE(axis.ticks.size(), 6U);
    EXPECT_EQ(axis.ticks.front().at, 0);
  }
}

TEST(TimeAxis, HasAtMostSevenTicksFromMinutesToDecades) {
  constexpr std::int64_t kNow = 1'795'324'800;
  for (const std::int64_t from : {std::int64_t{0}, kNow}) {
    for (const std::int64_t span : {0, 600, 7'200, 90'000, 700'000, 9'000'000, 40'000'000, 700'000'000}) {
      SCOPED_TRACE(span);
      const Axis axis = time_axis(from, from + span, "time");
      EXPECT_LE(axis.ticks.size(), 7U);
      for (const Tick& tick : axis.ticks) {
        EXPECT_GE(tick.at, axis.least);
        EXPECT_LE(tick.at, axis.most);
      }
    }
  }
}

}  // namespace
}  // namespace foreshape
