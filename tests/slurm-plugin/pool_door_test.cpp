#include "slurm-plugin/pool_door.h"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace foreshape {
namespace {

constexpr TextHash kMain = 11, kDebug = 22;

PoolOpening opening(TextHash partition, const char* name, std::uint32_t nodes) {
  return {partition, BoundedText<64>(name), nodes, 64};
}

TEST(PoolDoor, LetsJobsInWhileNodesAreFree) {
  PoolDoor door;
  EXPECT_FALSE(door.enter(7, kMain, 1, 1));
  door.open({opening(kMain, "pool_main", 3), opening(kDebug, "pool_debug", 1)});
  EXPECT_EQ(door.enter(7, kMain, 2, 2)->view(), "pool_main");
  EXPECT_FALSE(door.enter(7, kMain, 2, 2)) << "one node is left";
  EXPECT_EQ(door.enter(7, kMain, 1, 1)->view(), "pool_main");
  EXPECT_FALSE(door.enter(7, kMain, 1, 1));
  EXPECT_EQ(door.enter(7, kDebug, 1, 1)->view(), "pool_debug");
  EXPECT_EQ(door.free_nodes(), 0U);
}

TEST(PoolDoor, CountsTheNodesThatCpusNeed) {
  PoolDoor door;
  door.open({opening(kMain, "pool", 2)});
  EXPECT_FALSE(door.enter(7, kMain, 1, 129));
  EXPECT_TRUE(door.enter(7, kMain, 1, 128));
  EXPECT_EQ(door.free_nodes(), 0U);
}

TEST(PoolDoor, NeverLetsInMoreThanThereIsRoomFor) {
  PoolDoor door;
  door.open({opening(kMain, "pool", 100)});
  std::atomic<int> entered{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) entered += door.enter(7, kMain, 1, 1) ? 1 : 0;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(entered, 100);
}

}  // namespace
}  // namespace foreshape
