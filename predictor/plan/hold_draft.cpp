// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/hold_draft.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace foreshape {

void HoldDraft::add(WantedHold hold, UnixSeconds now_s) {
  budget.promise(hold.partition, hold.user, static_cast<std::uint32_t>(hold.nodes.size()),
                 hold.ends_s - now_s);
  guard.note_held(hold.nodes);
  taken.insert(hold.nodes.begin(), hold.nodes.end());
  if (hold.kind == HoldKind::pool || all_share) shared.insert(hold.nodes.begin(), hold.nodes.end());
  if (hold.kind == HoldKind::personal) served.insert(hold.user);
  wanted.push_back(std::move(hold));
}

double share_left(const std::string& partition, const ResourcePool& pool, const HoldPolicy& policy,
                  const HoldDraft& draft) {
  const auto left = [&](const std::function<bool(const PoolNode&)>& counts) {
    const auto usable =
        std::ranges::count_if(pool.nodes, [&](const PoolNode& node) { return node.usable && counts(node); });
    const auto held = std::ranges::count_if(
        pool.nodes, [&](const PoolNode& node) { return draft.shared.contains(node.name) && counts(node); });
    return std::floor(policy.pool_share_max * static_cast<double>(usable)) -
           static_cast<double>(held + admitted_nodes(pool, counts));
  };
  return std::min(left([&](const PoolNode& node) { return node.is_in(partition); }),
                  left([](const PoolNode&) { return true; }));
}

std::string percent(double probability) {
  char text[8];
  std::snprintf(text, sizeof text, "%.0f%%", std::clamp(probability, 0.0, 1.0) * 100);
  return text;
}

bool would_wait(const ForeseenJob& job, const ResourcePool& pool) {
  if (pool.queue_of(job.partition).waiting > 0) return true;
  const auto free = std::ranges::count_if(pool.nodes, [&](const PoolNode& node) {
    return node.usable && node.is_free && node.held_by.empty() && node.is_in(job.partition);
  });
  return free < std::max<std::int64_t>(job.nodes, 1);
}

std::vector<std::string> still_usable(const LiveHold& hold, const ResourcePool& pool) {
  std::vector<std::string> nodes;
  for (const std::string& name : hold.nodes)
    if (const PoolNode* node = pool.find(name); node != nullptr && node->usable) nodes.push_back(name);
  return nodes;
}

std::int64_t admitted_nodes(const ResourcePool& pool, const std::function<bool(const PoolNode&)>& counts) {
  return std::ranges::count_if(pool.nodes, [&](const PoolNode& node) {
    return node.admitted && node.held_by.empty() && counts(node);
  });
}

}  // namespace foreshape
