// SPDX-License-Identifier: GPL-2.0-or-later
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

}  // namespace foreshape
