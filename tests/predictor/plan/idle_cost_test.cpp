// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/idle_cost.h"

#include <gtest/gtest.h>

#include "tests/predictor/plan/hold_builders.h"

namespace foreshape {
namespace {

TEST(IdleNodeSeconds, CountTheTimeThatAHeldNodeWasFreeWhileOthersWaited) {
  const struct {
    const char* why;
    std::uint32_t waiting;
    bool is_free;
    std::int64_t since_s;  // before now
    std::int64_t want;
  } cases[] = {
      {"free all the time", 1, true, 3600, 30},
      {"nobody waited", 0, true, 3600, 0},
      {"free since a moment ago", 1, true, 12, 12},
      {"busy all the time", 1, false, 3600, 0},
      {"taken a moment ago: idle before that", 1, false, 12, 18},
      {"a clock that went back", 1, true, -100, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    ResourcePool pool = machine(2, 0);
    node(pool, "n02").is_free = c.is_free;
    node(pool, "n02").since_s = kNow - c.since_s;
    if (c.waiting > 0) let_wait(pool, c.waiting);
    EXPECT_EQ(idle_node_s(live_pool({"n02"}), pool, kNow - 30), c.want);
  }
}

TEST(IdleNodeSeconds, CountANodeForWhichSomebodyWaitsInAnotherPartition) {
  ResourcePool pool = machine(2, 2);
  node(pool, "n02").partitions = {"main", "debug"};
  pool.queues = {{"debug", 1, 77, 1, kNow}};
  EXPECT_EQ(idle_node_s(live_pool({"n02"}), pool, kNow - 30), 30);
  EXPECT_EQ(idle_node_s(live_pool({"n01"}), pool, kNow - 30), 0) << "nobody who waits could use it";
}

TEST(IdleLedger, ForgetsWhatAClockSaidThatWasSetBackADayLater) {
  IdleLedger ledger;
  ledger.add(kNow + 900'000'000, "main", "carol", 500);
  ledger.add(kNow, "main", "carol", 7);
  EXPECT_EQ(ledger.spent(kNow), 507) << "nothing is freed early";
  EXPECT_EQ(ledger.spent(kNow + 86'400 + 600), 0);
}

TEST(IdleLedger, RemembersADay) {
  IdleLedger ledger;
  ledger.add(kNow, "main", "", 100);
  ledger.add(kNow + 60, "main", "carol", 10);
  ledger.add(kNow + 60, "debug", "carol", 1);
  EXPECT_EQ(ledger.spent(kNow + 60), 111);
  EXPECT_EQ(ledger.spent_in(kNow + 60, "main"), 110);
  EXPECT_EQ(ledger.spent_for(kNow + 60, "carol"), 11);
  EXPECT_EQ(ledger.spent(kNow + 86'399), 111) << "the oldest of it is not quite a day old";
  EXPECT_EQ(ledger.spent(kNow + 86'400 + 1'200), 0);
}

TEST(IdleLedger, JoinsWhatBelongsToTheSameTenMinutes) {
  IdleLedger ledger;
  for (int s = 0; s < 600; s += 30) ledger.add(kNow - kNow % 600 + s, "main", "", 1);
  EXPECT_EQ(ledger.entries().size(), 1U);
  EXPECT_EQ(ledger.spent(kNow), 20);
}

TEST(IdleLedger, ComesBackAfterARestartWithoutWhatCanNotBe) {
  IdleLedger before;
  before.add(kNow - 5000, "main", "", 100);
  std::vector<IdleEntry> entries = before.entries();
  entries.push_back({kNow + 99'999, "main", "", 7});
  entries.push_back({kNow, "main", "", -7});
  entries.push_back({kNow - 90'000, "main", "", 7});
  EXPECT_EQ(IdleLedger(entries, kNow).spent(kNow), 100);
}

TEST(IdleLedger, StaysBoundedAndForgetsNothingEarly) {
  IdleLedger ledger;
  const std::size_t users = IdleLedger::kMaxEntries + 500;
  for (std::size_t i = 0; i < users; ++i) ledger.add(kNow, "main", "u" + std::to_string(i), 1);
  EXPECT_LE(ledger.entries().size(), IdleLedger::kMaxEntries);
  EXPECT_EQ(ledger.spent(kNow), static_cast<std::int64_t>(users));
}

TEST(IdleBudget, CountsPromisesAsSpent) {
  IdleLedger ledger;
  ledger.add(kNow, "main", "", 400);
  HoldPolicy policy;
  policy.idle_cap_node_s = 1000;
  IdleBudget budget(ledger, policy, kNow);
  EXPECT_EQ(budget.affordable("main", "", 99, 100), 6U);
  budget.promise("main", "carol", 2, 100);
  EXPECT_EQ(budget.affordable("main", "", 99, 100), 4U);
  EXPECT_EQ(budget.affordable("main", "", 3, 100), 3U);
}

}  // namespace
}  // namespace foreshape
