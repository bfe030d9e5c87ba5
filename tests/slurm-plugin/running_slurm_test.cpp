// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/running_slurm.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(RunningSlurm, IsNotKnownWhereNoPluginOfSlurmsIsLoaded) {
  EXPECT_EQ(running_slurm().version, 0U);
  EXPECT_EQ(version_to_show(), SLURM_VERSION_NUMBER) << "then Slurm's own check decides";
}

TEST(WrongRelease, IsSaidWithBoth) {
  EXPECT_EQ(wrong_release(0), "");
  EXPECT_EQ(wrong_release(SLURM_VERSION_NUMBER), "");
  EXPECT_NE(wrong_release(SLURM_VERSION_NUMBER + 1), "") << "another micro release is another release";
  const std::string line = wrong_release(SLURM_VERSION_NUM(21, 8, 5));
  EXPECT_NE(line.find("and this is 21.08.5"), std::string::npos) << line;
  const std::string major = std::to_string(SLURM_VERSION_MAJOR(SLURM_VERSION_NUMBER));
  EXPECT_NE(line.find("built for Slurm " + major + "."), std::string::npos) << line;
}

}  // namespace
}  // namespace foreshape
