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

/// What is free on every node. For an instant cores may be below zero (a job starts where another one ends in
/// the same second): such a node has room for nothing.
class FreeNodes {
 public:
  /// All of it.
  explicit FreeNodes(const Cluster& cluster);

  std::int64_t cores() const { return cores_; }
  /// First fit in the order of the nodes, as Slurm's select/cons_tres does without topology and weights;
  /// nullopt if the job does not fit.
  std::optional<Placement> place(const NodeDemand& demand) const;
  bool fits(const NodeDemand& demand) const { return place(demand).has_value(); }

  void take(const Placement& p) { change(p, -1); }
  void give(const Placement& p) { change(p, 1); }
  /// Leaves nothing of the nodes of that placement.
  void take_whole_nodes(const Placement& p);
  /// Of each node the lesser of both.
  void limit_to(const FreeNodes& other);

 private:
  struct Node {
    std::int64_t cores = 0, memory = 0;
  };

  void change(const Placement& p, std::int64_t sign);

  std::vector<Node> nodes_;
  std::int64_t cores_ = 0;  // the sum of those above zero
};

}  // namespace foreshape
