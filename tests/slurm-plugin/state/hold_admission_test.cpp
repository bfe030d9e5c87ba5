// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/hold_admission.h"

#include <gtest/gtest.h>
#include <string>

namespace foreshape {
namespace {

TEST(HoldAdmission, KnowsOurReservationsByTheirNames) {
  for (const char* list : {"foreshape_1", "foreshape_pool_main_3", "mine,foreshape_12", "foreshape_2,mine"})
    EXPECT_TRUE(names_a_hold(list)) << list;
  for (const char* list : {"", ",", "foreshape", "foreshape_", "foreshape_x", "foreshape_x_", "foreshape_1y",
                           "my_foreshape_1", "mine,yours"})
    EXPECT_FALSE(names_a_hold(list)) << list;
  EXPECT_FALSE(names_a_hold(std::string(1U << 20, 'x'))) << "bounded";
}

TEST(HoldAdmission, IsAskedForALookByThoseOnlyWhomAHoldMayServe) {
  HoldAdmission admission;
  admission.ask_for_look(7, true);
  EXPECT_FALSE(admission.look_is_due()) << "nothing is held";
  admission.set(true, {7}, {});
  admission.ask_for_look(8, false);
  EXPECT_FALSE(admission.look_is_due()) << "a long job of somebody else";
  admission.ask_for_look(7, false);
  EXPECT_TRUE(admission.look_is_due());
  EXPECT_TRUE(admission.look_is_due()) << "the job may not have been in Slurm's list yet";
  EXPECT_FALSE(admission.look_is_due());
  admission.ask_for_look(8, true);
  EXPECT_TRUE(admission.look_is_due());
}

TEST(HoldAdmission, KnowsWhoIsOnTheWayIn) {
  HoldAdmission admission;
  admission.set(true, {}, {5});
  EXPECT_TRUE(admission.is_on_its_way(5));
  EXPECT_FALSE(admission.is_on_its_way(6));
  admission.set(false, {}, {});
  EXPECT_FALSE(admission.is_on_its_way(5));
}

TEST(HoldAdmission, ExpectsAJobBeforeItIsPutInAndNoMoreThanItCanName) {
  HoldAdmission admission;
  for (JobId job = 1; job <= HoldAdmission::kMaxJobs; ++job) EXPECT_TRUE(admission.expect(job));
  EXPECT_TRUE(admission.is_on_its_way(1));
  EXPECT_TRUE(admission.expect(1)) << "twice is once";
  EXPECT_FALSE(admission.expect(HoldAdmission::kMaxJobs + 1));
  admission.set(true, {}, {2});
  EXPECT_FALSE(admission.is_on_its_way(1));
}

}  // namespace
}  // namespace foreshape
