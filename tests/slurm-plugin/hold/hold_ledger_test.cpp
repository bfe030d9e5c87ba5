// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/hold_ledger.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

constexpr UnixSeconds kPoolSeen = 1'795'000'000;

HitRules no_rules() {
  return {.uid_of = [](const std::string&) { return std::nullopt; },
          .is_short = [](const SeenJob&) { return false; },
          .served = [](const std::string&) { return std::vector<ServedShare>{}; }};
}

/// A pool of one node, and so many jobs that started in it.
SeenSlurm pool_with(std::size_t jobs) {
  SeenSlurm seen;
  seen.at_s = kPoolSeen;
  seen.reservations.push_back(
      {.name = "foreshape_1", .nodes = {"n01"}, .start_s = kPoolSeen - 600, .ends_s = kPoolSeen + 600});
  for (JobId id = 1; id <= jobs; ++id) {
    SeenJob& job = seen.jobs.emplace_back();
    job.id = id;
    job.state = JobState::running;
    job.start_s = kPoolSeen - 10;
    job.reservation = "foreshape_1";
  }
  return seen;
}

}  // namespace

class ManyHits : public testing::Test {
 protected:
  ManyHits() {
    HoldState state;
    HoldRecord& record = state.holds.emplace_back();
    record.hold.name = "foreshape_1";
    record.hold.kind = HoldKind::pool;
    record.hold.nodes = {"n01"};
    record.hold.ends_s = kPoolSeen + 600;
    ledger_.restore(std::move(state));
  }

  HoldLedger ledger_{[](const HoldEvent&) {}};
};

TEST_F(ManyHits, CountOnceHoweverManySlurmLists) {
  const SeenSlurm seen = pool_with(HoldRecord::kMaxHits + 5);
  for (int pass = 0; pass < 3; ++pass) ledger_.take_stock(seen, {}, no_rules());
  EXPECT_EQ(ledger_.hits(), HoldRecord::kMaxHits + 5);
}

TEST_F(ManyHits, AreForgottenOnceSlurmListsThemNoLonger) {
  ledger_.take_stock(pool_with(HoldRecord::kMaxHits + 5), {}, no_rules());
  ledger_.take_stock(pool_with(3), {}, no_rules());
  ASSERT_EQ(ledger_.state().holds.size(), 1U);
  EXPECT_EQ(ledger_.state().holds[0].hits, (std::set<JobId>{1, 2, 3}));
}

}  // namespace foreshape
