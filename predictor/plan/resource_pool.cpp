#include "predictor/plan/resource_pool.h"

#include <algorithm>

namespace foreshape {

bool PoolNode::is_in(std::string_view partition) const {
  return std::ranges::find(partitions, partition) != partitions.end();
}

WaitingQueue ResourcePool::queue_of(std::string_view partition) const {
  const auto found = std::ranges::find(queues, partition, &WaitingQueue::partition);
  if (found != queues.end()) return *found;
  WaitingQueue empty;
  empty.partition = partition;
  return empty;
}

const PoolNode* ResourcePool::find(std::string_view node) const {
  const auto found = std::ranges::find(nodes, node, &PoolNode::name);
  return found != nodes.end() ? &*found : nullptr;
}

void mark_held(ResourcePool& pool, std::span<const std::string> nodes, const std::string& by) {
  for (PoolNode& node : pool.nodes)
    if (std::ranges::find(nodes, node.name) != nodes.end()) node.held_by = by;
}

}  // namespace foreshape
