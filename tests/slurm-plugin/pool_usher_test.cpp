#include "slurm-plugin/pool_usher.h"

#include <gtest/gtest.h>

#include "tests/slurm-plugin/fake_slurm.h"

namespace foreshape {
namespace {

using Calls = std::vector<std::string>;

const auto kAllShort = [](const SeenJob&) { return true; };

struct Hall {
  FakeSlurm slurm{4, 1};  // n01 is free
  PoolDoor door;
  PoolUsher usher{door};
  std::vector<LiveHold> pools = {live_pool({"n01", "n02"})};

  std::vector<UserId> served;

  Calls pass(const std::function<bool(const SeenJob&)>& is_short = kAllShort) {
    ResourcePool pool;
    pool.at_s = slurm.seen.at_s;
    pool.nodes = slurm.seen.nodes;
    usher.pass(pools, served, slurm.seen, pool, is_short, slurm);
    return slurm.take_calls();
  }
};

TEST(PoolUsher, PutsTheFirstShortJobThatWaitsOnAFreeNode) {
  Hall hall;
  hall.slurm.wait(1, 7).priority = 5;
  hall.slurm.wait(2, 7).priority = 9;
  EXPECT_EQ(hall.pass(), Calls{"put 2 into 'foreshape_pool_main_1'"}) << "there is room for one";
  EXPECT_EQ(hall.door.free_nodes(), 0U);
}

TEST(PoolUsher, LeavesAloneWhoDoesNotBelong) {
  const struct {
    const char* why;
    void (*change)(SeenJob&);
    bool is_short;
  } cases[] = {
      {"not short", [](SeenJob&) {}, false},
      {"held or not yet eligible", [](SeenJob& job) { job.waits_for_room = false; }, true},
      {"asked for nodes of its own choice", [](SeenJob& job) { job.is_placeable = false; }, true},
      {"has a reservation", [](SeenJob& job) { job.reservation = "mine"; }, true},
      {"another partition", [](SeenJob& job) { job.partitions = {"debug"}; }, true},
      {"several partitions",
       [](SeenJob& job) {
         job.partitions = {"main", "debug"};
       },
       true},
      {"too wide", [](SeenJob& job) { job.asked.nodes = 2; }, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Hall hall;
    c.change(hall.slurm.wait(1, 7));
    EXPECT_TRUE(hall.pass([&](const SeenJob&) { return c.is_short; }).empty());
  }
}

TEST(PoolUsher, LeavesUsersToTheirOwnHolds) {
  Hall hall;
  hall.served = {7};
  hall.slurm.wait(1, 7);
  EXPECT_TRUE(hall.pass().empty());
  EXPECT_FALSE(hall.door.enter(7, text_hash("main"), 1, 64));
  EXPECT_TRUE(hall.door.enter(8, text_hash("main"), 1, 64));
}

TEST(PoolUsher, TakesOutAJobThatDidNotStartAndDoesNotPutItInAgain) {
  Hall hall;
  hall.slurm.wait(1, 7);
  hall.pass();
  hall.slurm.seen.at_s += PoolUsher::kPatienceSeconds - 1;
  EXPECT_TRUE(hall.pass().empty()) << "Slurm may still be about to start it";
  hall.slurm.seen.at_s += 1;
  hall.pass();
  hall.slurm.seen.at_s += 1;
  Calls calls = hall.pass();
  EXPECT_EQ(hall.slurm.seen.jobs[0].reservation, "");
  hall.slurm.seen.at_s += PoolUsher::kNotAgainSeconds;
  EXPECT_EQ(hall.pass(), Calls{"put 1 into 'foreshape_pool_main_1'"}) << "until much later";
}

TEST(PoolUsher, CountsThePlaceOfWhoWasLetInAndHasNotStarted) {
  Hall hall;
  hall.slurm.wait(1, 7).reservation = "foreshape_pool_main_1";
  hall.slurm.wait(2, 7);
  EXPECT_TRUE(hall.pass().empty());
  EXPECT_EQ(hall.door.free_nodes(), 0U);
}

TEST(PoolUsher, TakesJobsOutOfAPoolThatIsGone) {
  Hall hall;
  hall.slurm.wait(1, 7).reservation = "foreshape_pool_main_0";
  hall.pools.clear();
  EXPECT_EQ(hall.pass(), Calls{"put 1 into ''"});
}

TEST(PoolUsher, ClearsAPoolThatIsAboutToBeGivenBack) {
  Hall hall;
  hall.slurm.wait(1, 7).reservation = "foreshape_pool_main_1";
  hall.slurm.wait(2, 7).reservation = "maintenance";
  hall.usher.clear({"foreshape_pool_main_1"}, hall.slurm.seen, hall.slurm);
  EXPECT_EQ(hall.slurm.take_calls(), Calls{"put 1 into ''"});
}

}  // namespace
}  // namespace foreshape
