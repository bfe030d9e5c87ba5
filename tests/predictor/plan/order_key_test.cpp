#include "predictor/plan/order_key.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace foreshape {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();

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
    EXPECT_NEAR(static_cast<double>(order_offset_s(c.p, c.w, OrderPolicy{})), c.want, 1);
  }
}

TEST(OrderOffset, GrowsWithTheRunTime) {
  std::int64_t before = -1;
  for (double p = 0; p < 40'000; p = 1.5 * p + 1) {
    const std::int64_t offset = order_offset_s(p, 0, OrderPolicy{});
    EXPECT_GT(offset, before);
    before = offset;
  }
}

TEST(OrderPoints, ReachOverdueWhenTheOffsetWasWaited) {
  const struct {
    std::int64_t offset_s;
    OrderScale scale;
    std::uint32_t want;
  } cases[] = {{0, {}, 10'080},
               {60, {}, 10'079},
               {604'800, {}, 0},
               {700'000, {}, 0},
               {3600, {.overdue_points = 1000, .points_per_minute = 2}, 880},
               {89, {}, 10'079},
               {-60, {}, 10'080}};
  for (const auto& c : cases) EXPECT_EQ(order_points(c.offset_s, c.scale), c.want) << c.offset_s;
}

}  // namespace
}  // namespace foreshape
