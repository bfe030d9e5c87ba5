// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/chain_holds.h"

#include <gtest/gtest.h>

#include "tests/predictor/plan/plan_scene.h"

namespace foreshape {
namespace {

using Names = std::vector<std::string>;

/// Ten busy nodes, on one of which carol's job 500 runs; others wait.
struct ChainScene : PlanScene {
  ChainScene() {
    pool = machine(10, 0);
    let_wait(pool, 5);
    foreseen.push_back(follower());
  }
  static ForeseenJob follower() {
    ForeseenJob job = foreseen_of("carol", 0.9);
    job.chain = {.after = 500, .wait_s = 30};
    job.chain_nodes = {"n07"};
    return job;
  }
  /// The hold for job 500's successor as it was made some time ago.
  LiveHold& is_held(std::int64_t since_s_ago) {
    LiveHold hold = live_personal("carol", {"n07"}, 200);
    hold.chain = {.after = 500, .since_s = kNow - since_s_ago, .wait_s = 30};
    node(pool, "n07").held_by = hold.name;
    return live.emplace_back(hold);
  }
};

TEST(ChainHold, IsOnTheNodesOfTheJobThatIsFollowed) {
  const ChainScene scene;
  const auto wanted = scene.plan();
  ASSERT_EQ(wanted.size(), 1U);
  EXPECT_EQ(wanted[0].nodes, Names{"n07"});
  EXPECT_EQ(wanted[0].chain.after, 500U);
  EXPECT_EQ(wanted[0].chain.since_s, kNow);
  EXPECT_EQ(wanted[0].reason, "follows job 500: 90%");
}

TEST(ChainHold, IsOnlyWhereItHelpsAndIsAllowed) {
  const struct {
    const char* why;
    void (*change)(ChainScene&);
  } cases[] = {
      {"nobody waits, and nodes are free", [](ChainScene& s) { s.pool = machine(10, 5); }},
      {"not sure enough", [](ChainScene& s) { s.foreseen[0].probability = 0.4; }},
      {"a user whom the site does not serve", [](ChainScene& s) { s.policy.users = {"dave"}; }},
      {"switched off", [](ChainScene& s) { s.policy.chains = false; }},
      {"more nodes than a personal hold may have", [](ChainScene& s) { s.policy.personal_nodes_max = 0; }},
      {"needs more nodes than there will be", [](ChainScene& s) { s.foreseen[0].nodes = 2; }},
      {"needs larger ones", [](ChainScene& s) { s.foreseen[0].cpus = 65; }},
      {"its node is drained", [](ChainScene& s) { node(s.pool, "n07").usable = false; }},
      {"its node is in another hold", [](ChainScene& s) { node(s.pool, "n07").held_by = "foreshape_9"; }},
      {"of another partition", [](ChainScene& s) { s.foreseen[0].partition = "other"; }},
      {"the user's forecasts missed of late",
       [](ChainScene& s) { s.misses.note_miss(chain_account("carol"), kNow, 600); }},
      {"the cap is reached",
       [](ChainScene& s) { s.ledger.add(kNow, "main", "carol", s.policy.idle_cap_per_user_node_s); }},
      {"everybody may, and the share is below a node", [](ChainScene& s) {
         s.policy.users = {"auto"};
         s.policy.pool_share_max = 0.09;
       }}};
  for (const auto& c : cases) {
    ChainScene scene;
    c.change(scene);
    EXPECT_TRUE(scene.plan().empty()) << c.why;
  }
  ChainScene everybody;
  everybody.policy.users = {"auto"};
  EXPECT_EQ(everybody.plan().size(), 1U);
}

TEST(ChainHold, CountsAgainstTheShareWhereEverybodyMayHaveOne) {
  ChainScene scene;
  scene.policy.users = {"auto"};
  ForeseenJob of_dave = foreseen_of("dave", 0.8);
  of_dave.chain = {.after = 501, .wait_s = 30};
  of_dave.chain_nodes = {"n08"};
  scene.foreseen.push_back(of_dave);
  scene.policy.pool_share_max = 0.1;
  const auto wanted = scene.plan();
  ASSERT_EQ(wanted.size(), 1U);
  EXPECT_EQ(wanted[0].user, "carol") << "the surer one";
  scene.policy.pool_share_max = 0.2;
  EXPECT_EQ(scene.plan().size(), 2U);
}

TEST(ChainHold, StaysWhileTheJobRunsAndForItsTimeAfterwards) {
  ChainScene scene;
  scene.foreseen.clear();  // a promise is kept whatever is foreseen now
  LiveHold& hold = scene.is_held(600);
  ASSERT_EQ(scene.plan().size(), 1U);
  EXPECT_EQ(scene.plan()[0].ends_s, hold.ends_s) << "Slurm need not be told each time";
  hold.ends_s = kNow + 20;
  EXPECT_EQ(scene.plan()[0].ends_s, kNow + 240) << "lengthened before Slurm gives it back";
  hold.ends_s = kNow + 200;
  hold.chain.ended_s = kNow - 5;
  hold.deadline_s = kNow + 25;
  ASSERT_EQ(scene.plan().size(), 1U);
  hold.deadline_s = kNow;
  EXPECT_TRUE(scene.plan().empty());
}

TEST(ChainHold, GoesOnFromLinkToLinkUntilTheChainHasHadItsTime) {
  ChainScene scene;
  LiveHold& hold = scene.is_held(600);
  hold.is_fulfilled = true;  // the successor, 501, came through it
  scene.foreseen[0].chain.after = 501;
  scene.foreseen[0].chain_hold = hold.name;
  ASSERT_EQ(scene.plan().size(), 1U);
  EXPECT_EQ(scene.plan()[0].name, hold.name);
  EXPECT_EQ(scene.plan()[0].chain.after, 501U);
  EXPECT_EQ(scene.plan()[0].chain.since_s, kNow - 600) << "of the chain, not of the link";

  scene.policy.chain_max_s = 600;
  EXPECT_TRUE(scene.plan().empty());
  scene.live.clear();
  node(scene.pool, "n07").held_by.clear();
  EXPECT_TRUE(scene.plan().empty()) << "its last job does not begin a new one";
  scene.foreseen[0].chain_hold.clear();
  EXPECT_EQ(scene.plan().size(), 1U) << "one that waited in the queue does";
}

TEST(ChainHold, EndsInMidJobWhenTheChainHasHadItsTime) {
  ChainScene scene;
  scene.is_held(600);
  scene.foreseen.clear();
  scene.policy.chain_max_s = 600;
  EXPECT_TRUE(scene.plan().empty());
}

TEST(ChainHold, IsNoDemandOnThePool) {
  ChainScene scene;
  scene.policy.users = {"dave"};
  scene.policy.pool_share_max = 0.5;
  EXPECT_TRUE(scene.plan().empty());
}

}  // namespace
}  // namespace foreshape
