// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/head_guard.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace foreshape {
namespace {

using Names = std::unordered_set<std::string_view>;

/// The nodes that the head of that queue may come to use; nullopt: not even all of them would be enough.
std::optional<std::vector<std::pair<UnixSeconds, std::string_view>>> nodes_of(const WaitingQueue& queue,
                                                                              const ResourcePool& pool,
                                                                              const Names& promised) {
  std::vector<std::pair<UnixSeconds, std::string_view>> nodes;  // when each is free
  std::uint32_t all = 0;
  for (const PoolNode& node : pool.nodes) {
    if (!node.usable || !node.is_in(queue.partition)) continue;
    ++all;
    if (!promised.contains(node.name))
      nodes.emplace_back(node.is_free ? pool.at_s : node.free_at_s, node.name);
  }
  if (all < queue.head_nodes) return std::nullopt;
  return nodes;
}

}  // namespace

HeadGuard::HeadGuard(const ResourcePool& pool, std::span<const LiveHold> live, const HoldPolicy& policy) {
  Names promised;
  for (const LiveHold& hold : live)
    if (hold.kind == HoldKind::personal) promised.insert(hold.nodes.begin(), hold.nodes.end());
  for (const WaitingQueue& queue : pool.queues) {
    if (queue.head == 0 || pool.at_s - queue.head_since_s <= policy.head_blocked_s) continue;
    auto nodes = nodes_of(queue, pool, promised);
    if (!nodes) continue;
    std::ranges::sort(*nodes);
    const std::size_t needed = std::max(queue.head_nodes, 1U);
    const UnixSeconds start_s = needed <= nodes->size() ? (*nodes)[needed - 1].first : kNever;
    Head head;
    for (const auto& [free_s, name] : *nodes)
      if (free_s <= start_s) head.nodes.insert(name);
    head.extra = static_cast<std::int64_t>(head.nodes.size() - std::min(head.nodes.size(), needed));
    heads_.push_back(std::move(head));
  }
}

bool HeadGuard::Choice::take(std::string_view node) {
  const auto needs = [&](std::size_t i) { return guard_.heads_[i].nodes.contains(node); };
  for (std::size_t i = 0; i < left_.size(); ++i)
    if (left_[i] <= 0 && needs(i)) return false;
  for (std::size_t i = 0; i < left_.size(); ++i) left_[i] -= needs(i) ? 1 : 0;
  return true;
}

void HeadGuard::note_held(const std::vector<std::string>& nodes) {
  for (Head& head : heads_)
    head.extra -=
        std::ranges::count_if(nodes, [&](const std::string& node) { return head.nodes.contains(node); });
}

}  // namespace foreshape
