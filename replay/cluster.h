// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A machine of equal nodes, and where on it a job goes.
//
// Runs in: offline.
// Threads: plain values.

#include <cstdint>
#include <optional>
#include <vector>

namespace foreshape {

/// A machine of nodes; nodes = 0: none, processors are one pool (Workload::procs).
/// Whole nodes need no model of their own: they are a pool whose units are nodes (workload.h).
struct Cluster {
  std::int32_t nodes = 0;
  std::int32_t cores_per_node = 1;
  std::int64_t memory_per_node = 0;  ///< bytes; 0 = memory is no matter
};

/// What a job takes of a machine whose nodes are shared.
struct NodeDemand {
  std::int32_t cores = 0;  ///< in all
  /// 0 = as many as it takes, with any share of each; else at most so many, each with ceil(cores / nodes) and
  /// the last one with the rest.
  std::int32_t nodes = 0;
  std::int64_t memory_per_core = 0;  ///< bytes
};

/// Where a job is: cores on nodes, by node.
struct Placement {
  struct Share {
    std::int32_t node = 0, cores = 0;
  };
  std::vector<Share> shares;
  std::int64_t memory_per_core = 0;
};

/// Which of the nodes that have room a job gets.
enum class FitRule : std::uint8_t {
  first,  ///< the first ones
  /// Whole runs of neighbouring nodes: the one that leaves the least, where none has enough the largest, and
  /// so on. Source: Slurm's select plugins without topology: "Topology Guide",
  /// https://slurm.schedmd.com/topology.html; _eval_nodes in
  /// src/plugins/select/cons_common/job_test.c, 22.05.
  best_run,
};

/// What is free on every node. For an instant cores may be below zero (a job starts where another one ends in
/// the same second): such a node has room for nothing.
class FreeNodes {
 public:
  /// All of it.
  explicit FreeNodes(const Cluster& cluster);

  /// Free cores of all nodes.
  std::int64_t cores() const { return cores_; }
  /// nullopt if the job does not fit: as the first nodes then, or in best runs.
  std::optional<Placement> place(const NodeDemand& demand, FitRule fit = FitRule::first) const;
  bool fits(const NodeDemand& demand) const;

  void take(const Placement& p) { change(p, -1); }
  void give(const Placement& p) { change(p, 1); }
  /// Leaves nothing of the nodes of that placement.
  void take_whole_nodes(const Placement& p);
  /// Of each node the lesser of both.
  void limit_to(const FreeNodes& other);
  /// True if free cores are all that matters to that job, wherever they are.
  bool is_sum(const NodeDemand& demand) const {
    return demand.nodes == 0 && (demand.memory_per_core == 0 || memory_of_.empty());
  }

  friend bool operator==(const FreeNodes&, const FreeNodes&) = default;

  /// Searches pass over so many neighbouring nodes at once where none of them has anything.
  static constexpr std::size_t kGroup = 64;

 private:
  std::int64_t room(std::size_t node, std::int64_t memory_per_core) const;
  /// Cores of each node to take, from the first node on: visit(node, cores). False if that is not enough.
  template <class Visit>
  bool first_fit(const NodeDemand& demand, Visit&& visit) const;
  /// The node sets its free cores, and with them the sums.
  void set_cores(std::size_t node, std::int32_t cores);
  /// Empty if whole runs of neighbours are not enough.
  std::vector<Placement::Share> best_runs(const NodeDemand& demand) const;
  void change(const Placement& p, std::int64_t sign);

  std::int64_t cores_ = 0;               // the sum of those above zero
  std::vector<std::int32_t> group_sum_;  // the same of each group of kGroup neighbours
  // By node.
  std::vector<std::int32_t> cores_of_;
  std::vector<std::int64_t> memory_of_;  // empty where memory is no matter
};

}  // namespace foreshape
