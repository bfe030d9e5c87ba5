// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/hold_summary.h"

namespace foreshape {

void count_holds(std::span<const LiveHold> live, const ResourcePool& pool, HoldSummary& summary) {
  summary.pool_nodes = summary.pool_free_nodes = 0;
  summary.personal_holds = summary.personal_nodes = summary.chain_holds = 0;
  for (const LiveHold& hold : live) {
    const auto nodes = static_cast<std::uint32_t>(hold.nodes.size());
    if (hold.kind == HoldKind::personal) {
      ++summary.personal_holds;
      summary.personal_nodes += nodes;
      summary.chain_holds += hold.chain.is_open() ? 1 : 0;
      continue;
    }
    summary.pool_nodes += nodes;
    for (const std::string& name : hold.nodes)
      if (const PoolNode* node = pool.find(name); node != nullptr && node->is_free) ++summary.pool_free_nodes;
  }
}

}  // namespace foreshape
