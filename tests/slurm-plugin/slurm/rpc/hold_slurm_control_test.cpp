// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/hold_slurm_control.h"

#include <gtest/gtest.h>

#include "slurm-plugin/slurm/slurm_release.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

WantedHold a_hold() {
  WantedHold hold;
  hold.name = "foreshape_1";
  hold.nodes = {"n1", "n2"};
  hold.ends_s = 1'700'000'000;
  return hold;
}

// From 25.11.1 to .7 and from 26.05.0 to .1 a magnetic reservation refuses jobs that outlast it, FLEX or not.
TEST(HoldSlurmControl, MakesHoldsThatJobsMayOutlastOnEveryRelease) {
  const RequestMemory requests;
  HoldSlurmControl control(requests);
  take_created_flags();
  ASSERT_TRUE(control.create(a_hold()));
  const auto flags = take_created_flags();
  ASSERT_EQ(flags.size(), 1U);
  EXPECT_EQ(flags[0] & RESERVE_FLAG_MAGNETIC, 0U);
  EXPECT_NE(flags[0] & RESERVE_FLAG_FLEX, 0U);
}

TEST(HoldSlurmControl, GivesTheNameOfANewHoldBackToWhomItBelongs) {
  const RequestMemory requests;
  HoldSlurmControl control(requests);
  const int before = freed_by_slurm();
  ASSERT_TRUE(control.create(a_hold()));
  EXPECT_EQ(freed_by_slurm() - before, kNameMemory == NameMemory::slurm ? 1 : 0);
}

}  // namespace
}  // namespace foreshape
