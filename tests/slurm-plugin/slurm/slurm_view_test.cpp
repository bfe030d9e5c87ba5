// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/slurm_view.h"

#include <cstring>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

PoolNode seen_in(std::uint64_t state) {
  static char name[] = "n01";
  node_info_t node;
  std::memset(&node, 0, sizeof node);
  node.name = name;
  node.node_state = static_cast<std::uint32_t>(state);
  node_info_msg_t nodes;
  std::memset(&nodes, 0, sizeof nodes);
  nodes.record_count = 1;
  nodes.node_array = &node;
  partition_info_msg_t partitions;
  std::memset(&partitions, 0, sizeof partitions);
  return seen_nodes(nodes, partitions, 1'700'000'000).at(0);
}

TEST(SeenNodes, AreUsableInTheStatesInWhichSlurmStartsJobsThere) {
  for (const auto base : {NODE_STATE_IDLE, NODE_STATE_ALLOCATED, NODE_STATE_MIXED}) {
    const auto state = static_cast<std::uint64_t>(base);
    EXPECT_TRUE(seen_in(state).usable) << base;
    EXPECT_TRUE(seen_in(state | NODE_STATE_CLOUD).usable) << base << ": powered up by now";
    EXPECT_FALSE(seen_in(state | NODE_STATE_DRAIN).usable) << base;
    EXPECT_FALSE(seen_in(state | NODE_STATE_MAINT).usable) << base;
    EXPECT_FALSE(seen_in(state | NODE_STATE_POWERED_DOWN).usable) << base;
#ifdef NODE_STATE_BLOCKED
    EXPECT_FALSE(seen_in(state | NODE_STATE_BLOCKED).usable) << base << ": its block is somebody's alone";
#endif
#ifdef NODE_STATE_EXTERNAL
    EXPECT_FALSE(seen_in(state | NODE_STATE_EXTERNAL).usable) << base << ": it has no slurmd";
#endif
  }
  EXPECT_FALSE(seen_in(NODE_STATE_DOWN).usable);
  EXPECT_FALSE(seen_in(NODE_STATE_UNKNOWN).usable);
}

TEST(SeenNodes, AreFreeWhereNobodyRunsOrIsAboutToEnd) {
  EXPECT_TRUE(seen_in(NODE_STATE_IDLE).is_free);
  EXPECT_FALSE(seen_in(NODE_STATE_IDLE | NODE_STATE_COMPLETING).is_free);
  EXPECT_FALSE(seen_in(NODE_STATE_MIXED).is_free);
}

}  // namespace
}  // namespace foreshape
