// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/state_names.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

using Names = std::vector<std::string>;

TEST(ParseStates, TakesNamesAndLettersInAnyCase) {
  EXPECT_EQ(
      parse_states("cd,F,TimeOut,oom, NF ,PREEMPTED,CA").value(),
      (Names{"COMPLETED", "FAILED", "TIMEOUT", "OUT_OF_MEMORY", "NODE_FAIL", "PREEMPTED", "CANCELLED"}));
  EXPECT_TRUE(parse_states("").value().empty());
}

TEST(ParseStates, TakesASuspendedJobForARunningOne) {
  EXPECT_EQ(parse_states("s").value(), Names{"RUNNING"});
}

TEST(ParseStates, FindsAnyStateUnderTheNameThatItWasStoredBy) {
  EXPECT_EQ(parse_states("revoked,RH,SE,stage_out,LAUNCH_FAILED").value(),
            (Names{"CANCELLED", "REQUEUED", "FAILED", "RUNNING", "BOOT_FAIL"}));
}

TEST(ParseStates, NamesWhatIsNoState) {
  EXPECT_EQ(parse_states("cd,done\x1b").error().message, "unrecognized job state value 'done?'");
}

TEST(StateLetters, AreReadBackAsTheName) {
  for (const char* name : {"PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "TIMEOUT",
                           "OUT_OF_MEMORY", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "DEADLINE", "REQUEUED"})
    EXPECT_EQ(parse_states(state_letters(name)).value(), Names{name});
  EXPECT_EQ(state_letters("UNKNOWN"), "?");
}

}  // namespace
}  // namespace foreshape
