// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/allocation_planner.h"

#include <gtest/gtest.h>
#include <tuple>

#include "predictor/plan/node_choice.h"
#include "tests/predictor/plan/plan_scene.h"

namespace foreshape {
namespace {

using Names = std::vector<std::string>;

/// Ten nodes of which two are free, half of which may be held.
struct Scene : PlanScene {
  Scene() {
    pool = machine(10, 2);
    policy.pool_share_max = 0.5;
    policy.pool_factor = 1.0;
  }

  std::vector<WantedHold> plan() const {
    std::vector<WantedHold> wanted = PlanScene::plan();
    for (const WantedHold& hold : wanted) EXPECT_FALSE(hold.nodes.empty());
    return wanted;
  }
  /// Nodes of the only hold of this kind; none if there is none.
  Names nodes(HoldKind kind) const {
    for (const WantedHold& hold : plan())
      if (hold.kind == kind) return hold.nodes;
    return {};
  }
  std::size_t pool_size() const { return nodes(HoldKind::pool).size(); }
};

TEST(Pool, IsSizedByTheSumOfAllForecasts) {
  const struct {
    const char* why;
    std::vector<double> probabilities;
    double factor, share;
    std::size_t want;
  } cases[] = {
      {"nobody is coming", {}, 1.0, 0.5, 0},
      {"one sure job, one node", {1.0}, 1.0, 0.5, 1},
      {"chances add up, and a part of a node is a node", {0.6, 0.6, 0.3}, 1.0, 0.5, 2},
      {"the factor scales", {1.0, 1.0, 1.0, 1.0}, 0.5, 0.5, 2},
      {"never more than the site's share", {1.0, 1.0, 1.0, 1.0}, 1.0, 0.3, 3},
      {"a share below one node is no node", {1.0}, 1.0, 0.09, 0},
      {"forecasts below the least do not count", {0.09, 0.09, 0.09}, 1.0, 0.5, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Scene scene;
    scene.pool = machine(10, 10);
    scene.policy.pool_factor = c.factor;
    scene.policy.pool_share_max = c.share;
    for (const double p : c.probabilities) scene.foreseen.push_back(foreseen(7, p));
    EXPECT_EQ(scene.pool_size(), c.want);
  }
}

TEST(Pool, OverlappingPartitionsHaveOneShareTogether) {
  const struct {
    const char* why;
    std::size_t here;  // nodes of the partition "also", the last ones of ten
    std::size_t all, in_also;
  } cases[] = {
      {"the same nodes: the first by name has it", 10, 5, 5},
      {"half of them: its own share, and the rest for main", 5, 5, 2},
      {"none", 0, 5, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Scene scene;
    scene.pool = machine(10, 10);
    for (std::size_t i = 10 - c.here; i < 10; ++i) scene.pool.nodes[i].partitions.emplace_back("also");
    scene.foreseen.assign(16, foreseen(7, 1.0));
    for (std::size_t i = 0; i < 8; ++i) scene.foreseen[i].partition = "also";
    std::size_t all = 0, in_also = 0;
    for (const WantedHold& hold : scene.plan()) {
      all += hold.nodes.size();
      if (hold.partition == "also") in_also += hold.nodes.size();
    }
    EXPECT_EQ(all, c.all);
    EXPECT_EQ(in_also, c.in_also);
  }
}

TEST(Pool, IsForShortJobsOnly) {
  const struct {
    const char* why;
    std::int64_t run_s;
    std::size_t want;
  } cases[] = {{"short", 3599, 1}, {"not short", 3600, 0}, {"nothing is known of it", 0, 0}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Scene scene;
    scene.foreseen = {foreseen(7, 1.0)};
    scene.foreseen[0].run_s = c.run_s;
    EXPECT_EQ(scene.pool_size(), c.want);
  }
}

TEST(Pool, FourQuarterNodeJobsNeedOneNode) {
  Scene scene;
  scene.foreseen.assign(4, foreseen(7, 1.0));
  for (ForeseenJob& job : scene.foreseen) job.cpus = 16;
  EXPECT_EQ(scene.pool_size(), 1U);
  for (ForeseenJob& job : scene.foreseen) job.memory_bytes = 128 * kGiB;
  EXPECT_EQ(scene.pool_size(), 2U);
}

TEST(Pool, IsHeldForNobodyWhoHasCostWhatOneUserMayCost) {
  Scene scene;
  scene.foreseen = {foreseen(7, 1.0, 1), foreseen(8, 1.0, 1)};
  EXPECT_EQ(scene.pool_size(), 2U);
  scene.ledger.add(kNow, "main", pool_account(7), scene.policy.idle_cap_per_user_node_s - 1);
  EXPECT_EQ(scene.pool_size(), 2U);
  scene.ledger.add(kNow, "main", pool_account(7), 1);
  EXPECT_EQ(scene.pool_size(), 1U) << "the other one is served as before";
}

TEST(Pool, SaysForWhomItIsHeld) {
  Scene scene;
  scene.foreseen = {foreseen(7, 0.25, 1), foreseen(8, 0.75, 1)};
  const auto wanted = scene.plan();
  ASSERT_EQ(wanted.size(), 1U);
  ASSERT_EQ(wanted[0].served.size(), 2U);
  EXPECT_EQ(wanted[0].served[0].uid, 8U);
  EXPECT_DOUBLE_EQ(wanted[0].served[0].share, 0.75);
}

TEST(Pool, TakesItsOwnFreeNodesThenOthersThenThoseSoonFree) {
  Scene scene;  // n01 and n02 are free
  scene.live = {live_pool({"n02", "n05"})};
  node(scene.pool, "n02").held_by = node(scene.pool, "n05").held_by = "foreshape_pool_main_1";
  node(scene.pool, "n07").free_at_s = kNow + 60;
  node(scene.pool, "n06").free_at_s = kNow + 30;
  node(scene.pool, "n05").free_at_s = kNow + 800;
  const Names by_size[] = {{},
                           {"n02"},
                           {"n01", "n02"},
                           {"n01", "n02", "n05"},
                           {"n01", "n02", "n05", "n06"},
                           {"n01", "n02", "n05", "n06", "n07"}};
  for (std::uint32_t size = 0; size < 6; ++size) {
    scene.foreseen.assign(size, foreseen(7, 1.0));
    EXPECT_EQ(scene.nodes(HoldKind::pool), by_size[size]);
  }
}

TEST(Pool, KeepsItsOwnNodeThatIsFreeInAMomentRatherThanTakeAnother) {
  Scene scene;  // n01 and n02 are free
  scene.live = {live_pool({"n05"})};
  node(scene.pool, "n05").held_by = "foreshape_pool_main_1";
  scene.foreseen = {foreseen(7, 1.0)};
  node(scene.pool, "n05").free_at_s = kNow + kSoonSeconds;
  EXPECT_EQ(scene.nodes(HoldKind::pool), Names{"n05"});
  node(scene.pool, "n05").free_at_s = kNow + kSoonSeconds + 1;
  EXPECT_EQ(scene.nodes(HoldKind::pool), Names{"n01"});
}

TEST(Pool, LeavesAloneWhatIsDownHeldByOthersElsewhereOrBusyForLong) {
  Scene scene;
  scene.pool = machine(5, 4);
  scene.policy.pool_share_max = 1.0;
  scene.foreseen.assign(5, foreseen(7, 1.0));
  node(scene.pool, "n01").usable = false;
  node(scene.pool, "n02").held_by = "foreshape_carol_1";
  node(scene.pool, "n03").partitions = {"debug"};
  EXPECT_EQ(scene.nodes(HoldKind::pool), Names{"n04"});
}

TEST(Pool, TakesNothingThatALongBlockedHeadNeeds) {
  const struct {
    const char* why;
    std::int64_t blocked_s;
    std::uint32_t head_nodes;
    Names want;
  } cases[] = {
      {"blocked for a moment only", 600, 9, {"n01", "n02", "n03"}},
      {"blocked for long: of the three free nodes it leaves one, and what is free later",
       601,
       2,
       {"n01", "n04", "n05"}},
      {"it gives up its free node if with that the head starts", 601, 3, {"n04", "n05", "n06"}},
      {"of ten the head leaves that which is free last", 601, 9, {"n10"}},
      {"everything for a head as wide as the machine", 601, 10, {}},
      {"nothing for one that could never start", 601, 11, {"n01", "n02", "n03"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Scene scene;
    scene.pool =
        machine(10, 3);  // n01 is ours, n02 and n03 are open; the others are free one after the other
    for (std::size_t i = 3; i < 10; ++i) scene.pool.nodes[i].free_at_s = kNow + 100 * static_cast<int>(i);
    scene.live = {live_pool({"n01", "n05"})};
    node(scene.pool, "n01").held_by = node(scene.pool, "n05").held_by = "foreshape_pool_main_1";
    scene.foreseen.assign(3, foreseen(7, 1.0));
    scene.policy.pool_share_max = 0.3;
    scene.policy.pool_factor = 1;
    let_wait(scene.pool, 20, c.head_nodes, c.blocked_s);
    EXPECT_EQ(scene.nodes(HoldKind::pool), c.want);
  }
}

TEST(Pool, ShrinksAtOnceWhenTheForecastFalls) {
  Scene scene;
  scene.live = {live_pool({"n01", "n02"})};
  scene.foreseen = {foreseen(7, 0.4)};
  const auto wanted = scene.plan();
  ASSERT_EQ(wanted.size(), 1U);
  EXPECT_EQ(wanted[0].name, "foreshape_pool_main_1");
  EXPECT_EQ(wanted[0].nodes.size(), 1U);
  EXPECT_EQ(wanted[0].ends_s, kNow + 120);
  scene.foreseen.clear();
  EXPECT_TRUE(scene.plan().empty());
}

TEST(PersonalHold, IsForNamedUsersWhoAreSureToComeAndWouldWait) {
  const struct {
    const char* why;
    std::string user;
    double probability;
    std::uint32_t nodes, waiting;
    bool want;
  } cases[] = {
      {"named, sure, and others wait", "carol", 0.5, 1, 3, true},
      {"not sure enough", "carol", 0.49, 1, 3, false},
      {"not named", "dave", 0.9, 1, 3, false},
      {"nobody waits and there is room", "carol", 0.9, 2, 0, false},
      {"nobody waits but there is no room", "carol", 0.9, 3, 0, true},
      {"too wide for a personal hold", "carol", 0.9, 5, 3, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Scene scene;
    scene.policy.pool = false;
    scene.foreseen = {foreseen_of(c.user, c.probability, c.nodes)};
    for (PoolNode& n : scene.pool.nodes)
      if (!n.is_free) n.free_at_s = kNow + 100;
    if (c.waiting > 0) let_wait(scene.pool, c.waiting);
    const auto wanted = scene.plan();
    ASSERT_EQ(wanted.size(), c.want ? 1U : 0U);
    if (!c.want) continue;
    EXPECT_EQ(wanted[0].user, "carol");
    EXPECT_EQ(wanted[0].nodes.size(), c.nodes);
    EXPECT_EQ(wanted[0].deadline_s, kNow + 900);
    EXPECT_EQ(wanted[0].ends_s, kNow + 900);
  }
}

TEST(PersonalHold, TakesNothingThatALongBlockedHeadNeeds) {
  for (const auto& [blocked_s, head_nodes, want] :
       {std::tuple{std::int64_t{601}, 4U, false}, {601, 3U, true}, {600, 4U, true}, {601, 5U, true}}) {
    SCOPED_TRACE(head_nodes);
    Scene scene;
    scene.pool = machine(4, 2);
    scene.policy.pool = false;
    scene.foreseen = {foreseen_of("carol", 0.9)};
    let_wait(scene.pool, 3, head_nodes, blocked_s);
    EXPECT_EQ(!scene.plan().empty(), want) << blocked_s;
  }
}

TEST(PersonalHold, OfUsersWhomTheSiteDidNotNameAreForShortJobs) {
  for (const auto& [run_s, named, want] : {std::tuple{std::int64_t{300}, false, true},
                                           {3'600, false, false},
                                           {0, false, false},
                                           {3'600, true, true}}) {
    SCOPED_TRACE(run_s);
    Scene scene;
    scene.policy.pool = false;
    scene.policy.pool_share_max = 1;
    scene.policy.users = {named ? "carol" : HoldPolicy::kEverybody};
    scene.foreseen = {foreseen_of("carol", 0.9)};
    scene.foreseen[0].run_s = run_s;
    let_wait(scene.pool, 3);
    EXPECT_EQ(!scene.plan().empty(), want) << named;
  }
}

TEST(PersonalHold, IsAllOrNothing) {
  Scene scene;
  let_wait(scene.pool, 1);
  scene.policy.pool = false;
  scene.foreseen = {foreseen_of("carol", 0.9, 3)};  // two are free, none will be soon
  EXPECT_TRUE(scene.plan().empty());
}

TEST(PersonalHold, StaysUntilItsDeadlineWhateverTheForecastSays) {
  Scene scene;
  scene.live = {live_personal("carol", {"n01"})};
  node(scene.pool, "n01").held_by = "foreshape_carol_1";
  ASSERT_EQ(scene.nodes(HoldKind::personal), Names{"n01"});
  EXPECT_EQ(scene.plan()[0].name, "foreshape_carol_1");
  scene.live[0].deadline_s = kNow;
  EXPECT_TRUE(scene.plan().empty());
}

TEST(PersonalHold, GoesOnAfterAHitOnlyForANextJob) {
  Scene scene;
  scene.policy.pool = false;
  let_wait(scene.pool, 1);
  scene.live = {live_personal("carol", {"n01"})};
  scene.live[0].is_fulfilled = true;
  node(scene.pool, "n01").held_by = "foreshape_carol_1";
  EXPECT_TRUE(scene.plan().empty());
  scene.foreseen = {foreseen_of("carol", 0.9)};
  const auto wanted = scene.plan();
  ASSERT_EQ(wanted.size(), 1U);
  EXPECT_EQ(wanted[0].name, "foreshape_carol_1");
  EXPECT_EQ(wanted[0].nodes, Names{"n01"});
  EXPECT_EQ(wanted[0].deadline_s, kNow + 900);
}

TEST(PersonalHold, MovesOffANodeThatIsBusyForLong) {
  Scene scene;
  scene.live = {live_personal("carol", {"n09"})};
  node(scene.pool, "n09").held_by = "foreshape_carol_1";
  EXPECT_EQ(scene.nodes(HoldKind::personal), Names{"n01"});
  node(scene.pool, "n01").is_free = node(scene.pool, "n02").is_free = false;
  node(scene.pool, "n01").free_at_s = node(scene.pool, "n02").free_at_s = kNever;
  EXPECT_EQ(scene.nodes(HoldKind::personal), Names{"n09"}) << "no better one: it keeps what it has";
}

TEST(PersonalHold, EndsWhenTheUserIsNoLongerNamed) {
  Scene scene;
  scene.live = {live_personal("dave", {"n01"})};
  EXPECT_TRUE(scene.plan().empty());
}

TEST(PersonalHold, IsLostForAWhileAfterAMiss) {
  Scene scene;
  let_wait(scene.pool, 1);
  scene.policy.pool = false;
  scene.foreseen = {foreseen_of("carol", 0.9)};
  scene.misses.note_miss("carol", kNow - 599, 600);
  EXPECT_TRUE(scene.plan().empty());
  scene.misses = MissTracker();
  scene.misses.note_miss("carol", kNow - 600, 600);
  EXPECT_EQ(scene.plan().size(), 1U);
}

TEST(PersonalHold, SpareItsUserThePool) {
  Scene scene;
  let_wait(scene.pool, 1);
  scene.foreseen = {foreseen_of("carol", 1.0)};
  ASSERT_EQ(scene.plan().size(), 1U);
  EXPECT_EQ(scene.plan()[0].kind, HoldKind::personal);
}

TEST(Caps, BoundWhatMayBeHeld) {
  const struct {
    const char* why;
    std::int64_t cap, cap_partition, cap_user, spent;
    std::size_t pool, personal;
  } cases[] = {
      {"plenty", 86'400, 86'400, 86'400, 0, 2, 1},
      {"nothing at all", 0, 86'400, 86'400, 0, 0, 0},
      {"the personal hold may cost 900, the pool 120 a node", 900 + 120, 86'400, 86'400, 0, 1, 1},
      {"of the partition", 86'400, 900 + 240, 86'400, 120, 1, 1},
      {"of the user: the pool serves her then", 86'400, 86'400, 899, 0, 2, 0},
      {"yesterday's money is spent", 1'000, 86'400, 86'400, 1'000, 0, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Scene scene;
    scene.pool = machine(10, 6);
    let_wait(scene.pool, 1);
    scene.foreseen = {foreseen_of("carol", 0.9), foreseen(7, 1.0), foreseen(8, 0.1)};
    scene.ledger.add(kNow - 3600, "main", "", c.spent);
    scene.policy.idle_cap_node_s = c.cap;
    scene.policy.idle_cap_per_partition_node_s = c.cap_partition;
    scene.policy.idle_cap_per_user_node_s = c.cap_user;
    EXPECT_EQ(scene.nodes(HoldKind::personal).size(), c.personal);
    EXPECT_EQ(scene.pool_size(), c.pool);
  }
}

TEST(Caps, EndALiveHoldThatTheyNoLongerAllow) {
  Scene scene;
  scene.live = {live_personal("carol", {"n01"}, 300)};
  scene.policy.idle_cap_node_s = 299;
  EXPECT_TRUE(scene.plan().empty());
  scene.policy.idle_cap_node_s = 300;
  EXPECT_EQ(scene.plan().size(), 1U);
}

TEST(PlanHolds, HoldsNothingWhenOff) {
  Scene scene;
  scene.policy.mode = HoldMode::off;
  scene.live = {live_pool({"n01"}), live_personal("carol", {"n02"})};
  scene.foreseen = {foreseen(7, 1.0)};
  EXPECT_TRUE(scene.plan().empty());
}

TEST(PlanHolds, NeverHoldsANodeTwice) {
  Scene scene;
  scene.pool = machine(6, 6);
  scene.policy.users = {"carol", "dave", "erin"};
  scene.policy.pool_share_max = 1.0;
  let_wait(scene.pool, 1);
  scene.foreseen = {foreseen_of("carol", 0.9, 2), foreseen_of("dave", 0.8, 3), foreseen_of("erin", 0.7, 2)};
  scene.foreseen.insert(scene.foreseen.end(), 4, foreseen(7, 1.0));
  std::set<std::string> seen;
  for (const WantedHold& hold : scene.plan())
    for (const std::string& name : hold.nodes) EXPECT_TRUE(seen.insert(name).second) << name;
  EXPECT_EQ(seen.size(), 6U);
}

}  // namespace
}  // namespace foreshape
