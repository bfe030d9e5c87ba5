// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/node_choice.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace foreshape {
namespace {

struct Candidate {
  int rank = 0;
  UnixSeconds free_at_s = 0;
  const PoolNode* node = nullptr;

  auto key() const { return std::tie(rank, free_at_s, node->name); }
};

bool is_mine(const PoolNode& node, const NodeRequest& request) {
  return std::ranges::find(request.mine, node.name) != request.mine.end();
}

bool fits(const PoolNode& node, const NodeRequest& request) {
  return node.usable && node.is_in(request.partition) && node.cpus >= request.cpus &&
         node.memory_bytes >= request.memory_bytes;
}

/// Lower is better; nullopt: not to be held.
std::optional<int> rank(const PoolNode& node, const NodeRequest& request, UnixSeconds now_s) {
  const bool mine = is_mine(node, request);
  if (!mine && !node.held_by.empty()) return std::nullopt;
  if (node.is_free) return mine ? 0 : 2;
  if (node.free_at_s > request.free_by_s) return std::nullopt;
  if (!mine) return 4;
  return node.free_at_s <= now_s + kSoonSeconds ? 1 : 3;
}

}  // namespace

std::vector<std::string> choose_nodes(const ResourcePool& pool, const NodeRequest& request,
                                      const std::set<std::string>& taken, const HeadGuard& guard) {
  std::vector<Candidate> candidates;
  for (const PoolNode& node : pool.nodes) {
    if (!fits(node, request) || taken.contains(node.name)) continue;
    if (const auto r = rank(node, request, pool.at_s))
      candidates.push_back({*r, node.is_free ? 0 : node.free_at_s, &node});
  }
  std::ranges::sort(candidates, {}, &Candidate::key);
  std::vector<std::string> names;
  HeadGuard::Choice choice{guard};
  for (const Candidate& candidate : candidates) {
    if (names.size() >= request.count) break;
    if (choice.take(candidate.node->name)) names.push_back(candidate.node->name);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace foreshape
