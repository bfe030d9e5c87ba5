// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/agent.h"

#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(Agent, LooksAtHoldsBetweenTwoPassesForATenthOfTheTimeAtMost) {
  using std::chrono::milliseconds;
  const struct {
    const char* why;
    int interval_ms, took_ms, want_ms;
  } cases[] = {{"quick", 30'000, 5, 1000},
               {"a tenth of a second", 30'000, 100, 1000},
               {"a large machine", 30'000, 700, 7000},
               {"not later than the next pass", 30'000, 9000, 30'000},
               {"which may be soon", 500, 5, 500}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(short_pause(milliseconds(c.interval_ms), milliseconds(c.took_ms)), milliseconds(c.want_ms));
  }
}

TEST(Agent, ReadsUsersDefaultsEverLessOftenForSomebodyWhoIsNotInThem) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::int64_t pause_ns = early_pause_ns(0, true);
  for (const std::int64_t want_s : {30, 60, 120, 240, 300, 300}) {
    EXPECT_EQ(pause_ns, want_s * kSecond);
    pause_ns = early_pause_ns(pause_ns, false);
  }
  EXPECT_EQ(early_pause_ns(pause_ns, true), 30 * kSecond) << "a new user is not left waiting";
}

}  // namespace
}  // namespace foreshape
