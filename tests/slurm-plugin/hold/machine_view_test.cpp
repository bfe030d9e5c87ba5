// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/machine_view.h"

#include <gtest/gtest.h>

#include "slurm-plugin/hold/queue_heads.h"
#include "tests/slurm-plugin/fake_slurm.h"

namespace foreshape {
namespace {

TEST(MachineView, KnowsWhenEachNodeIsFree) {
  FakeSlurm slurm(5, 5);
  slurm.start(1, 7, "n02");
  slurm.start(2, 7, "n03");
  slurm.seen.jobs[1].nodes = {"n02", "n03"};
  slurm.node("n04").is_free = false;  // being cleaned up
  const ResourcePool pool =
      machine_view(slurm.seen, {}, 900, [](const SeenJob& job) { return job.start_s + 100 * job.id; });
  EXPECT_EQ(pool.find("n01")->free_at_s, kNow);
  EXPECT_EQ(pool.find("n02")->free_at_s, kNow + 200) << "the last of its jobs";
  EXPECT_EQ(pool.find("n03")->free_at_s, kNow + 200);
  EXPECT_EQ(pool.find("n04")->free_at_s, kNow + 1);
  EXPECT_FALSE(pool.find("n02")->is_free);
}

TEST(MachineView, TellsOurReservationsFromOthers) {
  FakeSlurm slurm(6, 6);
  const auto reserve = [&](const char* name, const char* node, std::int64_t from, std::int64_t to) {
    slurm.seen.reservations.push_back(
        {.name = name, .nodes = {node}, .start_s = kNow + from, .ends_s = kNow + to});
  };
  reserve("foreshape_pool_main_1", "n01", -10, 10);
  reserve("maintenance", "n02", -10, 10);
  reserve("maintenance_soon", "n03", 800, 5000);
  reserve("maintenance_later", "n04", 1000, 5000);
  reserve("maintenance_over", "n05", -10, 0);
  reserve("foreshape_pool_main_0", "n06", -10, 0);  // over: Slurm keeps it while a job is in it
  const ResourcePool pool = machine_view(slurm.seen, {}, 900, {});
  EXPECT_EQ(pool.find("n01")->held_by, "foreshape_pool_main_1");
  const std::pair<const char*, bool> usable[] = {{"n01", true}, {"n02", false}, {"n03", false},
                                                 {"n04", true}, {"n05", true},  {"n06", true}};
  for (const auto& [name, want] : usable) EXPECT_EQ(pool.find(name)->usable, want) << name;
  EXPECT_EQ(pool.find("n06")->held_by, "");
}

TEST(HoldName, IsRecognisedAgain) {
  SeenReservation reservation;
  reservation.ends_s = kNow + 1;
  reservation.name = hold_name(12);
  EXPECT_EQ(reservation.name, "foreshape_12") << "it tells nobody of whom what is foreseen";
  EXPECT_TRUE(is_our_hold(reservation, kNow));
  EXPECT_FALSE(is_our_hold(reservation, kNow + 1)) << "over";
  for (const char* name :
       {"foreshape", "foreshape_", "foreshape_x", "foreshape_x_", "foreshape_x_1y", "my_foreshape_x_1"}) {
    reservation.name = name;
    EXPECT_FALSE(is_our_hold(reservation, kNow)) << name;
  }
}

TEST(QueueHeads, KnowSinceWhenAJobHasBeenTheFirst) {
  FakeSlurm slurm(1, 0);
  QueueHeads heads;
  slurm.wait(1, 7).priority = 10;
  slurm.wait(2, 7).priority = 10;
  slurm.wait(3, 7).waits_for_resources = false;
  slurm.wait(4, 7).reservation = "mine";
  auto queues = heads.update(slurm.seen.jobs, kNow);
  ASSERT_EQ(queues.size(), 1U);
  EXPECT_EQ(queues[0].waiting, 2U);
  EXPECT_EQ(queues[0].head, 1U) << "the oldest of equals";
  queues = heads.update(slurm.seen.jobs, kNow + 60);
  EXPECT_EQ(queues[0].head_since_s, kNow);
  slurm.seen.jobs[1].priority = 11;
  queues = heads.update(slurm.seen.jobs, kNow + 120);
  EXPECT_EQ(queues[0].head, 2U);
  EXPECT_EQ(queues[0].head_since_s, kNow + 120);
}

}  // namespace
}  // namespace foreshape
