// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/trial_text.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(TrialText, IsSilentWhereNobodyIsTried) {
  EXPECT_EQ(trial_text({}), "");
  EXPECT_EQ(trial_text({{"trial", {{"mode", "off"}, {"open", 0}, {"started", 7}}}}), "");
}

TEST(TrialText, SaysWhatBecameOfTrialsAndWhatIsOpenAlsoOnceTheyAreOff) {
  nlohmann::json trial = {{"mode", "on"},  {"started", 9}, {"ended", 2}, {"ran_on", 1},
                          {"requeued", 6}, {"rescued", 0}, {"open", 3},  {"lost_core_h", 1.25}};
  EXPECT_EQ(trial_text({{"trial", trial}}),
            "9 jobs started on trial: 2 ended within it, 1 ran on with their own limit, 6 were queued again "
            "as they were; 3 "
            "open; 1.2 core-hours lost");
  trial["mode"] = "off";
  trial["rescued"] = 1;
  EXPECT_NE(
      trial_text({{"trial", trial}}).find("as they were (1 after the trial's limit had ended them); 3 open"),
      std::string::npos);
}

}  // namespace
}  // namespace foreshape
