// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/hold_door.h"

#include <gtest/gtest.h>
#include <string>

namespace foreshape {
namespace {

TEST(HoldDoor, KnowsOurReservationsByTheirNames) {
  for (const char* list : {"foreshape_1", "foreshape_pool_main_3", "mine,foreshape_12", "foreshape_2,mine"})
    EXPECT_TRUE(names_a_hold(list)) << list;
  for (const char* list : {"", ",", "foreshape", "foreshape_", "foreshape_x", "foreshape_x_", "foreshape_1y",
                           "my_foreshape_1", "mine,yours"})
    EXPECT_FALSE(names_a_hold(list)) << list;
  EXPECT_FALSE(names_a_hold(std::string(1U << 20, 'x'))) << "bounded";
}

TEST(HoldDoor, IsKnockedAtByThoseOnlyWhomAHoldMayServe) {
  HoldDoor door;
  door.knock(7, true);
  EXPECT_FALSE(door.somebody_came()) << "nothing is held";
  door.set(true, {7}, {});
  door.knock(8, false);
  EXPECT_FALSE(door.somebody_came()) << "a long job of somebody else";
  door.knock(7, false);
  EXPECT_TRUE(door.somebody_came());
  EXPECT_TRUE(door.somebody_came()) << "the job may not have been in Slurm's list yet";
  EXPECT_FALSE(door.somebody_came());
  door.knock(8, true);
  EXPECT_TRUE(door.somebody_came());
}

TEST(HoldDoor, KnowsWhoIsOnTheWayIn) {
  HoldDoor door;
  door.set(true, {}, {5});
  EXPECT_TRUE(door.is_on_its_way(5));
  EXPECT_FALSE(door.is_on_its_way(6));
  door.set(false, {}, {});
  EXPECT_FALSE(door.is_on_its_way(5));
}

TEST(HoldDoor, ExpectsAJobBeforeItIsPutInAndNoMoreThanItCanName) {
  HoldDoor door;
  for (JobId job = 1; job <= HoldDoor::kMaxJobs; ++job) EXPECT_TRUE(door.expect(job));
  EXPECT_TRUE(door.is_on_its_way(1));
  EXPECT_TRUE(door.expect(1)) << "twice is once";
  EXPECT_FALSE(door.expect(HoldDoor::kMaxJobs + 1));
  door.set(true, {}, {2});
  EXPECT_FALSE(door.is_on_its_way(1));
}

}  // namespace
}  // namespace foreshape
