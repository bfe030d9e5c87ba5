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

/// A waiting job of whose dependency Slurm says this.
SeenJob waits_for(const char* dependency, std::uint32_t priority = 100) {
  std::string text = dependency;
  slurm_job_info_t job;
  std::memset(&job, 0, sizeof job);
  job.job_state = JOB_PENDING;
  job.state_reason = WAIT_DEPENDENCY;
  job.dependency = text.data();
  job.priority = priority;
  job_info_msg_t jobs;
  std::memset(&jobs, 0, sizeof jobs);
  jobs.record_count = 1;
  jobs.job_array = &job;
  const RequestMemory requests;
  return seen_jobs(jobs, {}, requests).at(0);
}

TEST(SeenJobs, WaitForTheEndOfOneJobWhereTheirDependencySaysNoMore) {
  EXPECT_EQ(waits_for("afterok:120(unfulfilled)").waits_for_end_of, 120U);
  EXPECT_TRUE(waits_for("afterok:120(unfulfilled)").waits_for_success);
  EXPECT_EQ(waits_for("afterany:7(unfulfilled)").waits_for_end_of, 7U);
  EXPECT_FALSE(waits_for("afterany:7(unfulfilled)").waits_for_success);
  for (const char* other :
       {"", "after:120(unfulfilled)", "afternotok:120(unfulfilled)", "afterok:120_*(unfulfilled)",
        "afterok:120_3(unfulfilled)", "afterok:120(unfulfilled),afterok:121(unfulfilled)",
        "afterok:120(unfulfilled)?afterok:121(unfulfilled)", "afterok:120+10(unfulfilled)",
        "afterok:120(failed)", "afterok:", "afterok:x", "afterok:99999999999(unfulfilled)",
        "singleton(unfulfilled)"})
    EXPECT_EQ(waits_for(other).waits_for_end_of, 0U) << other;
  EXPECT_EQ(waits_for("afterok:120(unfulfilled)", 0).waits_for_end_of, 0U) << "held";
  EXPECT_FALSE(waits_for("afterok:120(unfulfilled)").is_placeable);
}

}  // namespace
}  // namespace foreshape
