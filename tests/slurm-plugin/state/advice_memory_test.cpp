// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/advice_memory.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(AdviceMemory, TellsEachUserOnceADayAboutEachName) {
  constexpr UnixSeconds kDay = 86'400, kToday = 20'000 * kDay;
  AdviceMemory memory;
  EXPECT_FALSE(memory.was_told(1, 7, kToday));
  EXPECT_TRUE(memory.may_tell(1, 7, kToday));
  EXPECT_TRUE(memory.was_told(1, 7, kToday + 5));
  EXPECT_FALSE(memory.may_tell(1, 7, kToday + kDay - 1));
  EXPECT_TRUE(memory.may_tell(1, 8, kToday));
  EXPECT_TRUE(memory.may_tell(2, 7, kToday));
  EXPECT_TRUE(memory.may_tell(1, 7, kToday + kDay));
}

TEST(AdviceMemory, FallsSilentRatherThanGrow) {
  AdviceMemory memory;
  int told = 0;
  for (UserId uid = 0; uid < 100'010; ++uid) told += memory.may_tell(uid, 7, 0) ? 1 : 0;
  EXPECT_EQ(told, 100'000);
}

}  // namespace
}  // namespace foreshape
