// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/hold_text.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

nlohmann::json held() {
  return {{"mode", "on"},
          {"pool_nodes", 4},
          {"pool_free_nodes", 3},
          {"personal_holds", 2},
          {"personal_nodes", 5},
          {"chain_holds", 1},
          {"hits", 20},
          {"misses", 7},
          {"foreseen_users", 11},
          {"forecaster", "gaps"},
          {"idle_node_s_today", 5'400},
          {"idle_cap_node_s", 86'400},
          {"refused", 0},
          {"last_refusal", ""}};
}

TEST(HoldText, SaysInWordsWhatIsHeldAndWhatCameOfIt) {
  EXPECT_EQ(hold_text({{"holds", held()}}),
            "4 nodes in the pool, 3 of them free; 5 nodes in 2 holds for one user each, 1 of these after a "
            "job that "
            "runs; 20 used, 7 given back unused; 1.5 node-hours idle in 24 hours, of 24.0 at most; 11 users "
            "foreseen "
            "by the gaps between submissions");
}

TEST(HoldText, SaysWhatIsImaginedAndWhatSlurmRefused) {
  nlohmann::json holds = held();
  holds["mode"] = "dry-run";
  holds["forecaster"] = "model";
  holds["refused"] = 2;
  holds["last_refusal"] = "Requested nodes are busy";
  const std::string text = hold_text({{"holds", holds}});
  EXPECT_TRUE(text.starts_with("imagined: 4 nodes")) << text;
  EXPECT_TRUE(text.ends_with("by the network; Slurm refused 2, at last: Requested nodes are busy")) << text;
}

TEST(HoldText, IsOffOnceNothingIsHeldAnyMore) {
  EXPECT_EQ(hold_text({}), "off");
  nlohmann::json holds = held();
  holds["mode"] = "off";
  EXPECT_NE(hold_text({{"holds", holds}}), "off") << "what was held is still there";
  holds["pool_nodes"] = holds["personal_holds"] = 0;
  EXPECT_EQ(hold_text({{"holds", holds}}), "off");
}

}  // namespace
}  // namespace foreshape
