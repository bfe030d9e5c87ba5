// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/policy_title.h"

#include <gtest/gtest.h>
#include <set>

#include "replay/policy.h"

namespace foreshape {
namespace {

TEST(PolicyTitle, ExplainsWhatThePolicyIs) {
  EXPECT_EQ(policy_title("slurm", "requested"), "Slurm, first come first served");
  EXPECT_EQ(policy_title("slurm-key-wide", "kernel"), "Slurm with Foreshape's order");
  EXPECT_EQ(policy_title("slurm-key-wide+hold", "model"),
            "Slurm with Foreshape's order, processors held for foreseen jobs, run times by a trained model");
  EXPECT_EQ(policy_title("easy-sjbf", "last2"),
            "EASY backfilling, shortest jobs backfilled first, run times as of the user's last two jobs");
}

TEST(PolicyTitle, OfASitesOwnPolicyIsItsName) {
  EXPECT_EQ(policy_title("Slurm as it is", "requested"), "Slurm as it is");
}

TEST(PolicyTitle, IsThereForEveryPolicyHoldAndPredictorAndIsItsOwn) {
  std::set<std::string> titles;
  std::size_t asked = 0;
  auto holds = hold_names();
  holds.emplace_back("");
  for (const std::string_view policy : policy_names())
    for (const std::string_view hold : holds) {
      const std::string name = std::string(policy) + std::string(hold);
      if (!find_policy(name)) continue;
      for (const char* predictor : {"requested", "last2", "similar", "kernel", "model", "clairvoyant"}) {
        ASSERT_TRUE(find_source(predictor));
        const std::string title = policy_title(name, predictor);
        EXPECT_NE(title, name);
        titles.insert(title);
        ++asked;
      }
    }
  EXPECT_EQ(titles.size(), asked);
}

}  // namespace
}  // namespace foreshape
