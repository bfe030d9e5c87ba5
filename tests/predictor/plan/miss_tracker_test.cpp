// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/miss_tracker.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(MissTracker, BarsForTwiceAsLongAfterEachMissInARow) {
  MissTracker tracker;
  UnixSeconds now_s = 1'000'000;
  for (const std::int64_t bar_s : {600, 1200, 2400, 4800}) {
    tracker.note_miss("carol", now_s, 600);
    EXPECT_TRUE(tracker.is_barred("carol", now_s + bar_s - 1));
    EXPECT_FALSE(tracker.is_barred("carol", now_s + bar_s));
    now_s += bar_s;
  }
  EXPECT_FALSE(tracker.is_barred("dave", now_s));
}

TEST(MissTracker, NeverBarsForMoreThanADay) {
  MissTracker tracker;
  for (int i = 0; i < 100; ++i) tracker.note_miss("carol", 5, 600);
  EXPECT_FALSE(tracker.is_barred("carol", 5 + 86'400));
  const MissTracker restored(std::vector<MissRecord>{{"dave", 3, 9'000'000}}, 5);
  EXPECT_FALSE(restored.is_barred("dave", 5 + 86'400));
  EXPECT_TRUE(restored.is_barred("dave", 6));
}

TEST(MissTracker, ForgivesOneMissForEachDayWithoutAnother) {
  MissTracker tracker;
  for (int i = 0; i < 3; ++i) tracker.note_miss("carol", 0, 600);  // barred until 2400
  tracker.note_miss("carol", 2400 + 2 * MissTracker::kForgivenEverySeconds, 600);
  EXPECT_EQ(tracker.records()[0].misses, 2U) << "two of three forgiven, one more since";
  const UnixSeconds bar_ends_s = tracker.records()[0].barred_until_s;
  EXPECT_EQ(bar_ends_s, 2400 + 2 * MissTracker::kForgivenEverySeconds + 1200);
  const MissTracker soon(tracker.records(), bar_ends_s + MissTracker::kForgivenEverySeconds);
  EXPECT_EQ(soon.records()[0].misses, 1U);
  const MissTracker later(tracker.records(), bar_ends_s + 2 * MissTracker::kForgivenEverySeconds);
  EXPECT_TRUE(later.records().empty());
}

TEST(MissTracker, DoesNotBarForWhatAClockSaidThatWasSetBack) {
  MissTracker tracker;
  tracker.note_miss("carol", 1'000'000'000, 600);
  EXPECT_FALSE(tracker.is_barred("carol", 100));
}

TEST(MissTracker, ForgetsMissesAfterAHit) {
  MissTracker tracker;
  tracker.note_miss("carol", 100, 600);
  tracker.note_hit("carol");
  EXPECT_FALSE(tracker.is_barred("carol", 101));
  EXPECT_TRUE(tracker.records().empty());
}

}  // namespace
}  // namespace foreshape
