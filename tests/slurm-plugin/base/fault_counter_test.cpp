// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/base/fault_counter.h"

#include <gtest/gtest.h>
#include <string>

namespace foreshape {
namespace {

TEST(FaultCounter, SaysOnceThatThereAreTooManyInTheWindow) {
  FaultCounter faults;
  int said = 0;
  for (int i = 0; i < 10; ++i) said += faults.add("job_submit: broken", 1000, 3, 60).too_many ? 1 : 0;
  EXPECT_EQ(said, 1);
  EXPECT_EQ(faults.total(), 10U);
}

TEST(FaultCounter, ForgivesFaultsThatComeSlowly) {
  FaultCounter faults;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(faults.add("x", 1000 + 30 * i, 3, 60).too_many);
}

TEST(FaultCounter, StartsAnewAfterAReset) {
  FaultCounter faults;
  for (int i = 0; i < 4; ++i) faults.add("x", 1000, 3, 60);
  faults.reset();
  EXPECT_FALSE(faults.add("x", 1000, 3, 60).too_many);
}

TEST(FaultCounter, LogsEachKindOnceAMinuteWithTheNumberOfItsRepeats) {
  FaultCounter faults;
  EXPECT_EQ(faults.add("disk full", 1000, 99, 60).log_with_repeats, 0U);
  EXPECT_EQ(faults.add("disk full", 1001, 99, 60).log_with_repeats, std::nullopt);
  EXPECT_EQ(faults.add("disk full", 1059, 99, 60).log_with_repeats, std::nullopt);
  EXPECT_EQ(faults.add("disk full", 1060, 99, 60).log_with_repeats, 2U);
  EXPECT_EQ(faults.add(std::string(64, 'x').append("1"), 1061, 99, 60).log_with_repeats, 0U);
  EXPECT_EQ(faults.add(std::string(64, 'x').append("2"), 1061, 99, 60).log_with_repeats, std::nullopt);
}

}  // namespace
}  // namespace foreshape
