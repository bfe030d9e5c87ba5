// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/base/latency_histogram.h"

#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(LatencyHistogram, SaysNothingOfNothing) {
  const LatencySummary s = LatencyHistogram().summary();
  EXPECT_EQ(s.count, 0U);
  EXPECT_EQ(s.p99_ns, 0U);
  EXPECT_EQ(s.max_ns, 0U);
}

TEST(LatencyHistogram, QuantilesAreAtMostOneSixteenthTooLargeAndNeverTooSmall) {
  for (const std::uint64_t step : {1U, 7U, 1000U, 123'456U}) {
    LatencyHistogram histogram;
    for (std::uint64_t i = 1; i <= 1000; ++i) histogram.add(i * step);
    const LatencySummary s = histogram.summary();
    const struct {
      std::uint64_t got, exact;
    } cases[] = {
        {s.p50_ns, 500 * step}, {s.p90_ns, 900 * step}, {s.p99_ns, 990 * step}, {s.p999_ns, 999 * step}};
    for (const auto& c : cases) {
      EXPECT_GE(c.got, c.exact);
      EXPECT_LE(static_cast<double>(c.got), static_cast<double>(c.exact) * (1 + 1 / 16.0) + 1);
    }
    EXPECT_EQ(s.count, 1000U);
    EXPECT_EQ(s.max_ns, 1000 * step);
    EXPECT_NEAR(s.mean_ns, 500.5 * static_cast<double>(step), 1e-6 * static_cast<double>(step));
  }
}

TEST(LatencyHistogram, TakesAnyValue) {
  LatencyHistogram histogram;
  for (const std::uint64_t ns : {std::uint64_t{0}, std::uint64_t{15}, std::uint64_t{16}, UINT64_MAX})
    histogram.add(ns);
  EXPECT_EQ(histogram.summary().count, 4U);
  EXPECT_EQ(histogram.summary().max_ns, UINT64_MAX);
}

}  // namespace
}  // namespace foreshape
