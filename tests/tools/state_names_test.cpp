#include "tools/state_names.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(ParseStates, TakesNamesAndLettersInAnyCase) {
  const std::vector<JobState> want{JobState::completed,     JobState::failed,    JobState::timeout,
                                   JobState::out_of_memory, JobState::node_fail, JobState::preempted,
                                   JobState::cancelled};
  EXPECT_EQ(parse_states("cd,F,TimeOut,oom, NF ,PREEMPTED,CA").value(), want);
  EXPECT_TRUE(parse_states("").value().empty());
}

TEST(ParseStates, KnowsStatesThatNoJobOfOursIsIn) {
  EXPECT_TRUE(parse_states("RV,RESIZING").value().empty());
}

TEST(ParseStates, NamesWhatIsNoState) {
  EXPECT_EQ(parse_states("cd,done\x1b").error().message, "unrecognized job state value 'done?'");
}

TEST(StateNames, AreReadBackForEveryState) {
  for (int i = 1; i <= static_cast<int>(JobState::requeued); ++i) {
    const auto state = static_cast<JobState>(i);
    EXPECT_EQ(parse_states(state_name(state)).value(), std::vector{state});
    EXPECT_EQ(parse_states(state_letters(state)).value(), std::vector{state});
  }
  EXPECT_EQ(state_name(JobState::unknown), "UNKNOWN");
}

}  // namespace
}  // namespace foreshape
