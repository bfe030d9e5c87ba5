// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/reconciler.h"

#include <gtest/gtest.h>

#include "tests/predictor/plan/hold_builders.h"

namespace foreshape {
namespace {

using Names = std::vector<std::string>;

constexpr std::int64_t kExtendAfter = 10;

WantedHold as_wanted(const LiveHold& live, Names nodes) {
  return {live.kind,        live.name,       live.partition, live.user,
          std::move(nodes), live.deadline_s, live.ends_s,    ""};
}

TEST(Reconcile, SaysWhatTurnsOneHoldIntoTheOther) {
  const struct {
    const char* why;
    Names live, wanted;
    std::int64_t longer_s;
    std::vector<HoldAction> want;
  } cases[] = {
      {"as it is", {"n01", "n02"}, {"n01", "n02"}, 0, {}},
      {"a little longer is not worth a call", {"n01"}, {"n01"}, kExtendAfter, {}},
      {"longer", {"n01"}, {"n01"}, kExtendAfter + 1, {HoldAction::extend}},
      {"more", {"n02"}, {"n01", "n02"}, 0, {HoldAction::grow}},
      {"less", {"n01", "n02"}, {"n02"}, 0, {HoldAction::shrink}},
      {"others", {"n01", "n02"}, {"n02", "n03"}, 0, {HoldAction::move}},
      {"others and longer in one", {"n01"}, {"n02"}, 100, {HoldAction::move}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const LiveHold live = live_pool(c.live);
    WantedHold wanted = as_wanted(live, c.wanted);
    wanted.ends_s += c.longer_s;
    std::vector<HoldAction> actions;
    for (const HoldStep& step : reconcile(std::vector{wanted}, std::vector{live}, kExtendAfter))
      actions.push_back(step.action);
    EXPECT_EQ(actions, c.want);
  }
}

TEST(Reconcile, ExtendsAPersonalHoldAtOnce) {
  const LiveHold live = live_personal("carol", {"n01"});
  WantedHold wanted = as_wanted(live, {"n01"});
  EXPECT_TRUE(reconcile(std::vector{wanted}, std::vector{live}, kExtendAfter).empty());
  ++wanted.ends_s;
  EXPECT_EQ(reconcile(std::vector{wanted}, std::vector{live}, kExtendAfter).size(), 1U);
}

TEST(Reconcile, CreatesWhatIsNewAndReleasesWhatIsNotWanted) {
  const LiveHold old = live_personal("dave", {"n04"});
  WantedHold fresh = as_wanted(live_pool({}), {"n01"});
  fresh.name.clear();
  const auto steps = reconcile(std::vector{fresh}, std::vector{old}, kExtendAfter);
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].action, HoldAction::release);
  EXPECT_EQ(steps[0].hold.name, "foreshape_dave_1");
  EXPECT_EQ(steps[1].action, HoldAction::create);
}

TEST(Reconcile, FreesANodeBeforeAnotherHoldTakesIt) {
  const LiveHold pool = live_pool({"n01", "n02"});
  const LiveHold carol = live_personal("carol", {"n03"});
  const auto steps = reconcile(std::vector{as_wanted(carol, {"n02", "n03"}), as_wanted(pool, {"n01"})},
                               std::vector{pool, carol}, kExtendAfter);
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].action, HoldAction::shrink);
  EXPECT_EQ(steps[1].action, HoldAction::grow);
}

TEST(Reconcile, HasNothingToDoTwice) {
  const std::vector<LiveHold> live = {live_pool({"n01"}), live_personal("carol", {"n03"})};
  const std::vector<WantedHold> wanted = {as_wanted(live[0], {"n01", "n02"}), as_wanted(live[1], {"n04"})};
  std::vector<LiveHold> then = live;
  for (const HoldStep& step : reconcile(wanted, live, kExtendAfter))
    for (LiveHold& hold : then)
      if (hold.name == step.hold.name) hold.nodes = step.hold.nodes;
  EXPECT_TRUE(reconcile(wanted, then, kExtendAfter).empty());
}

}  // namespace
}  // namespace foreshape
