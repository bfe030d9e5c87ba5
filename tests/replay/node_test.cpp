// SPDX-License-Identifier: GPL-2.0-or-later
// Machines of nodes: placement, agreement with the reference, and what must hold on every node at every
// moment.
#include <gtest/gtest.h>
#include <map>

#include "replay/cluster.h"
#include "replay/simulation.h"
#include "tests/replay/random_workload.h"
#include "tests/replay/test_policies.h"

namespace foreshape {
namespace {

std::vector<std::int32_t> cores_by_node(const std::optional<Placement>& placement, std::size_t nodes) {
  std::vector<std::int32_t> cores(nodes, 0);
  if (placement)
    for (const auto& share : placement->shares) cores[static_cast<std::size_t>(share.node)] = share.cores;
  return cores;
}

TEST(Place, IsFirstFitWithinCoresAndMemory) {
  // Three nodes of 4 cores and 8 bytes; on the first one 3 cores are taken, on the second 6 bytes.
  FreeNodes free{{3, 4, 8}};
  free.take({{{0, 3}}, 0});
  free.take({{{1, 1}}, 6});
  const struct {
    const char* why;
    NodeDemand demand;
    std::vector<std::int32_t> want;
  } cases[] = {
      {"any nodes: fills them in order", {6, 0, 0}, {1, 3, 2}},
      {"memory binds", {4, 0, 2}, {1, 1, 2}},
      {"one node that has it all", {3, 1, 0}, {0, 3, 0}},
      {"two equal shares", {4, 2, 0}, {0, 2, 2}},
      {"the last share is the rest", {5, 2, 0}, {0, 3, 2}},
      {"more than is free", {9, 0, 0}, {0, 0, 0}},
      {"one node with more memory than any has", {4, 1, 3}, {0, 0, 0}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(cores_by_node(free.place(c.demand), 3), c.want);
  }
}

/// One core of each of the nodes [first, end).
Placement one_core_each(std::int32_t first, std::int32_t end) {
  Placement p;
  for (std::int32_t i = first; i < end; ++i) p.shares.push_back({i, 1});
  return p;
}

TEST(Place, PassesOverManyFullNodes) {
  constexpr std::int32_t kNodes = 300;
  FreeNodes free{{kNodes, 1, 0}};
  FreeNodes other = free;
  free.take(one_core_each(0, kNodes));
  EXPECT_FALSE(free.fits({1, 0, 0}));
  free.give(one_core_each(62, 66));
  free.give(one_core_each(298, 300));
  EXPECT_EQ(free.cores(), 6);
  const auto nodes_of = [](const std::optional<Placement>& placement) {
    std::vector<std::int32_t> nodes;
    if (placement)
      for (const auto& share : placement->shares) nodes.push_back(share.node);
    return nodes;
  };
  EXPECT_EQ(nodes_of(free.place({5, 5, 0})), (std::vector{62, 63, 64, 65, 298}));
  EXPECT_EQ(nodes_of(free.place({2, 0, 0}, FitRule::best_run)), (std::vector{298, 299}));
  other.take(one_core_each(64, 299));
  free.limit_to(other);
  EXPECT_EQ(free.cores(), 3);
  EXPECT_EQ(nodes_of(free.place({3, 0, 0})), (std::vector{62, 63, 299}));
  free.take_whole_nodes(one_core_each(0, 64));
  EXPECT_EQ(nodes_of(free.place({1, 0, 0})), (std::vector{299}));
}

TEST(Place, InBestRunsKeepsNeighboursTogetherAsSlurmDoes) {
  // Free: node 0; nodes 2 and 3; nodes 5, 6 and 7.
  FreeNodes free{{8, 1, 0}};
  free.take({{{1, 1}, {4, 1}}, 0});
  const struct {
    const char* why;
    NodeDemand demand;
    std::vector<std::int32_t> want;
  } cases[] = {
      {"the run that leaves the least", {1, 0, 0}, {1, 0, 0, 0, 0, 0, 0, 0}},
      {"not the first nodes", {2, 0, 0}, {0, 0, 1, 1, 0, 0, 0, 0}},
      {"the first ones of a run", {3, 3, 0}, {0, 0, 0, 0, 0, 1, 1, 1}},
      {"none is enough: the largest, then what fits the rest", {4, 0, 0}, {1, 0, 0, 0, 0, 1, 1, 1}},
      {"all", {6, 6, 0}, {1, 0, 1, 1, 0, 1, 1, 1}},
      {"more than is free", {7, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 0}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(cores_by_node(free.place(c.demand, FitRule::best_run), 8), c.want);
  }
}

TEST(SimulateNodes, AgreesWithTheReferenceJobByJob) {
  for (const SchedulingPolicy& policy : all_policies()) expect_agreement(policy, random_node_workload);
}

TEST(SimulateNodes, AgreesWithTheReferenceUnderEverySettingOfSlurm) {
  for (const SchedulingPolicy& policy : slurm_settings()) expect_agreement(policy, random_node_workload);
}

/// Cores and memory in use on each node, over time; within a second ends come first.
void expect_within_every_node(const Workload& load, const Schedule& schedule) {
  struct Use {
    std::int64_t cores = 0, memory = 0;
  };
  using When = std::pair<std::int64_t, int>;  // 0 = an end, 1 = a start
  std::map<When, std::vector<std::pair<JobIndex, const Placement*>>> events;
  const auto add = [&](JobIndex i, const Placement& placement, std::int64_t from_s, std::int64_t to_s) {
    events[{from_s, 1}].emplace_back(i, &placement);
    events[{to_s, 0}].emplace_back(i, &placement);
  };
  for (JobIndex i = 0; i < load.jobs.size(); ++i)
    add(i, schedule.placements[i], schedule.start_s[i], schedule.end_s[i]);
  for (const TrialRun& run : schedule.trials)
    if (run.outcome == TrialOutcome::requeued)
      add(run.job, run.placement, run.start_s, run.start_s + run.held_s);
  std::vector<Use> nodes(static_cast<std::size_t>(load.cluster.nodes));
  for (const auto& [when, jobs] : events) {
    for (const auto& [i, placement] : jobs) {
      const int sign = when.second == 1 ? 1 : -1;
      for (const auto& share : placement->shares) {
        Use& use = nodes[static_cast<std::size_t>(share.node)];
        use.cores += std::int64_t{sign} * share.cores;
        use.memory += std::int64_t{sign} * share.cores * load.jobs[i].demand.memory_per_core;
        ASSERT_LE(use.cores, load.cluster.cores_per_node) << "node " << share.node << " at " << when.first;
        if (load.cluster.memory_per_node > 0) {
          ASSERT_LE(use.memory, load.cluster.memory_per_node)
              << "node " << share.node << " at " << when.first;
        }
      }
    }
  }
}

TEST(SimulateNodes, NeverTakesMoreOfANodeThanItHas) {
  for_each_schedule(random_node_workload, [](const Workload& load, const Schedule& schedule) {
    expect_within_every_node(load, schedule);
    for (JobIndex j = 0; j < load.jobs.size(); ++j) {
      ASSERT_GE(schedule.start_s[j], load.jobs[j].submit_s);
      std::int64_t cores = 0;
      for (const auto& share : schedule.placements[j].shares) cores += share.cores;
      ASSERT_EQ(cores, load.jobs[j].procs);
      if (load.jobs[j].demand.nodes > 0) {
        ASSERT_LE(schedule.placements[j].shares.size(), static_cast<std::size_t>(load.jobs[j].demand.nodes));
      }
    }
  });
}

/// The nodes, and where the jobs were on them.
struct FreePlaces {
  const Workload& load;
  const Schedule& schedule;
  FreeNodes free{load.cluster};
  void take(std::size_t job) { free.take(schedule.placements[job]); }
  void give(std::size_t job) { free.give(schedule.placements[job]); }
  bool fits(std::size_t job) const { return free.fits(load.jobs[job].demand); }
};

TEST(SimulateNodes, NeverPutsOffTheHeadWherePlansAreUpperBounds) {
  expect_never_puts_off_the_head(random_node_workload, [](const Workload& load, const Schedule& schedule) {
    return FreePlaces{load, schedule};
  });
}

/// The workload of a pool on one node with all processors, or on nodes with one processor each.
Workload on_nodes(Workload load, bool one_node) {
  load.cluster = one_node ? Cluster{1, load.procs, 0} : Cluster{load.procs, 1, 0};
  for (ReplayJob& job : load.jobs) job.demand = {job.procs, 0, 0};
  return load;
}

TEST(SimulateNodes, IsAPoolWhereNodesDoNotMatter) {
  for (const SchedulingPolicy& policy : all_policies()) {
    SCOPED_TRACE(policy.name);
    std::mt19937 random{3};  // NOLINT(cert-msc51-cpp): repeatable
    // A reservation of Slurm's takes whole nodes; one of the conservative plan keeps its nodes.
    // A promise counts a job that ends this very second until its requested end: on its own node only, in a
    // pool against everybody.
    const bool nodes_matter = policy.backfill != Backfill::head || policy.promise_slack_s.has_value();
    for (int i = 0; i < kWorkloads; ++i) {
      const Workload pool = random_workload(random);
      if (policy.backfill != Backfill::slurm) {
        ASSERT_EQ(simulate(pool, policy).start_s, simulate(on_nodes(pool, true), policy).start_s)
            << "workload " << i;
      }
      if (!nodes_matter) {
        ASSERT_EQ(simulate(pool, policy).start_s, simulate(on_nodes(pool, false), policy).start_s)
            << "workload " << i;
      }
    }
  }
}

}  // namespace
}  // namespace foreshape
