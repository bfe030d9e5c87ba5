// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/order_key.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace foreshape {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();

constexpr OrderPolicy kLog = order_policy(OrderForm::log);
constexpr OrderPolicy kSquared = order_policy(OrderForm::log_squared);

double log_of(double p) { return std::log(1 + p / 10); }
double squared(double p) { return 7'200 * log_of(p) * log_of(p) + 5 * p; }

TEST(OrderOffset, FollowsTheFormula) {
  const struct {
    const char* why;
    double p, w;
    double want;
  } cases[] = {
      {"no run time", 0, 0, 0},
      {"a minute and a half", 90, 0, 36'000 * std::log(10) + 450},
      {"half the machine pays 0.55", 90, 0.5, 0.55 * (36'000 * std::log(10) + 450)},
      {"the whole machine pays a tenth", 90, 1, 0.1 * (36'000 * std::log(10) + 450)},
      {"more than the machine counts as all of it", 90, 7, 0.1 * (36'000 * std::log(10) + 450)},
      {"no share known", 90, std::nan(""), 36'000 * std::log(10) + 450},
      {"a day is capped", 86'400, 0, 604'800},
      {"endless is capped", kEndless, 0, 604'800},
      {"not a number is capped", std::nan(""), 0, 604'800},
      {"before its submission is capped", -1, 0, 604'800},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_NEAR(static_cast<double>(order_offset_s(c.p, c.w, kLog)), c.want, 1);
  }
}

TEST(OrderOffset, FollowsTheFormulaWithTheSquareAndPutsShortJobsBelowZero) {
  const struct {
    const char* why;
    double p, w;
    double want;
  } cases[] = {
      {"ten minutes are not short", 600, 0, squared(600)},
      {"an hour", 3'600, 0, squared(3'600)},
      {"half the machine pays 0.55", 3'600, 0.5, 0.55 * squared(3'600)},
      {"no run time is ahead of ten minutes by all of their offset", 0, 0, -squared(600)},
      {"a minute is less ahead", 60, 0, squared(60) - squared(600)},
      {"a wide one less still", 60, 1, 0.1 * (squared(60) - squared(600))},
      {"a day is below the cap", 86'400, 0, squared(86'400)},
      {"a week is capped", 604'800, 0, 1'209'600},
      {"endless is capped", kEndless, 0, 1'209'600},
      {"not a number is capped", std::nan(""), 0, 1'209'600},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_NEAR(static_cast<double>(order_offset_s(c.p, c.w, kSquared)), c.want, 1);
  }
}

TEST(OrderOffset, GrowsWithTheRunTime) {
  for (const OrderPolicy& order : {kLog, kSquared}) {
    std::int64_t before = INT64_MIN;
    for (double p = 0; p < 40'000; p = 1.5 * p + 1) {
      const std::int64_t offset = order_offset_s(p, 0, order);
      EXPECT_GT(offset, before);
      before = offset;
    }
  }
}

TEST(OrderOffset, OfShortJobsIsBoundedBelowToo) {
  OrderPolicy order = kSquared;
  order.max_offset_s = 3'600;
  EXPECT_EQ(order_offset_s(0, 0, order), -3'600);
}

TEST(OrderPoints, OfShortJobsReachTheThresholdAtSubmission) {
  const OrderScale scale{.overdue_points = 20'160, .base_points = 17'280};
  const auto at_submission = [&](double p, double w) {
    return order_points(order_offset_s(p, w, kSquared), scale) + scale.base_points;
  };
  for (const double w : {0.0, 0.3, 1.0}) {
    for (const double p : {0.0, 1.0, 60.0, 599.0}) EXPECT_GE(at_submission(p, w), 20'160) << p << ' ' << w;
    for (const double p : {600.0, 3'600.0, kEndless}) EXPECT_LT(at_submission(p, w), 20'160) << p << ' ' << w;
  }
}

TEST(OrderPoints, ReachOverdueWhenTheOffsetWasWaited) {
  const struct {
    std::int64_t offset_s;
    OrderScale scale;
    std::int32_t want;
  } cases[] = {{0, {}, 10'080},
               {60, {}, 10'079},
               {604'800, {}, 0},
               {700'000, {}, 0},
               {3600, {.overdue_points = 1000, .points_per_minute = 2}, 880},
               {89, {}, 10'079},
               {0, {.base_points = 7'200}, 2'880},
               {604'800, {.base_points = 7'200}, -7'200},
               {-60, {}, 10'081},
               {-3'600, {.overdue_points = 1000, .points_per_minute = 2}, 1'120}};
  for (const auto& c : cases) EXPECT_EQ(order_points(c.offset_s, c.scale), c.want) << c.offset_s;
}

}  // namespace
}  // namespace foreshape
