// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/trial/idle_capacity.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include "predictor/base/job.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_view.h"

namespace foreshape {

IdleCapacity::IdleCapacity(const node_info_msg_t& nodes, const partition_info_msg_t& partitions) {
  const auto seen = seen_nodes(nodes, partitions, 0);
  for (std::uint32_t i = 0; i < nodes.record_count; ++i) {
    const std::uint32_t state = nodes.node_array[i].node_state;
    const bool is_mixed = (state & NODE_STATE_BASE) == NODE_STATE_MIXED;
    if (!seen[i].usable || (state & NODE_STATE_RES) != 0 || !(seen[i].is_free || is_mixed)) continue;
    for (const std::string& partition : seen[i].partitions) {
      Idle& here = idle_[partition];
      ++(is_mixed ? here.mixed : here.nodes);
      here.cpus = std::max(here.cpus, seen[i].cpus);
    }
  }
}

bool IdleCapacity::take(const slurm_job_info_t& job) {
  const std::uint32_t nodes = std::max(job.num_nodes, 1U);
  std::string_view names = bounded(job.partition);
  while (!names.empty()) {
    const auto comma = names.find(',');
    const auto found = idle_.find(names.substr(0, comma));
    names.remove_prefix(comma == std::string_view::npos ? names.size() : comma + 1);
    if (found == idle_.end()) continue;
    Idle& here = found->second;
    const bool is_part = nodes == 1 && job.num_cpus < here.cpus;
    if (is_part && here.mixed > 0) return true;
    if (here.nodes < nodes) continue;
    here.nodes -= nodes;
    if (is_part) ++here.mixed;
    return true;
  }
  return false;
}

}  // namespace foreshape
