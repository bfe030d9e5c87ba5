#include "replay/cluster.h"

#include <algorithm>

namespace foreshape {

FreeNodes::FreeNodes(const Cluster& cluster)
    : nodes_(static_cast<std::size_t>(cluster.nodes), {cluster.cores_per_node, cluster.memory_per_node}),
      cores_(std::int64_t{cluster.nodes} * cluster.cores_per_node) {
  if (cluster.memory_per_node == 0)
    for (Node& n : nodes_) n.memory = INT64_MAX / 2;
}

std::optional<Placement> FreeNodes::place(const NodeDemand& demand) const {
  if (cores_ < demand.cores) return std::nullopt;
  Placement found{{}, demand.memory_per_core};
  const std::int64_t share = demand.nodes == 0 ? 0 : (demand.cores + demand.nodes - 1) / demand.nodes;
  std::int64_t left = demand.cores;
  for (std::size_t i = 0; i < nodes_.size() && left > 0; ++i) {
    std::int64_t room = std::max<std::int64_t>(nodes_[i].cores, 0);
    if (demand.memory_per_core > 0)
      room = std::min(room, std::max<std::int64_t>(nodes_[i].memory, 0) / demand.memory_per_core);
    const std::int64_t wanted = share == 0 ? std::min(room, left) : std::min(share, left);
    if (wanted == 0 || room < wanted) continue;
    found.shares.push_back({static_cast<std::int32_t>(i), static_cast<std::int32_t>(wanted)});
    left -= wanted;
  }
  if (left > 0) return std::nullopt;
  return found;
}

void FreeNodes::change(const Placement& p, std::int64_t sign) {
  for (const auto& [node, cores] : p.shares) {
    Node& n = nodes_[static_cast<std::size_t>(node)];
    cores_ -= std::max<std::int64_t>(n.cores, 0);
    n.cores += sign * cores;
    n.memory += sign * cores * p.memory_per_core;
    cores_ += std::max<std::int64_t>(n.cores, 0);
  }
}

void FreeNodes::take_whole_nodes(const Placement& p) {
  for (const auto& [node, cores] : p.shares) {
    std::int64_t& free = nodes_[static_cast<std::size_t>(node)].cores;
    cores_ -= std::max<std::int64_t>(free, 0);
    free = std::min<std::int64_t>(free, 0);
  }
}

void FreeNodes::limit_to(const FreeNodes& other) {
  cores_ = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].cores = std::min(nodes_[i].cores, other.nodes_[i].cores);
    nodes_[i].memory = std::min(nodes_[i].memory, other.nodes_[i].memory);
    cores_ += std::max<std::int64_t>(nodes_[i].cores, 0);
  }
}

}  // namespace foreshape
