// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/hold_draft.h"

#include <algorithm>
#include <utility>

namespace foreshape {

void HoldDraft::add(WantedHold hold, UnixSeconds now_s) {
  budget.promise(hold.partition, hold.user, static_cast<std::uint32_t>(hold.nodes.size()),
                 hold.ends_s - now_s);
  taken.insert(hold.nodes.begin(), hold.nodes.end());
  if (hold.kind == HoldKind::pool) pooled.insert(hold.nodes.begin(), hold.nodes.end());
  if (hold.kind == HoldKind::personal) served.insert(hold.user);
  wanted.push_back(std::move(hold));
}

std::int64_t admitted_nodes(const ResourcePool& pool, const std::function<bool(const PoolNode&)>& counts) {
  return std::ranges::count_if(pool.nodes, [&](const PoolNode& node) {
    return node.admitted && node.held_by.empty() && counts(node);
  });
}

}  // namespace foreshape
