// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/dry_run_control.h"

#include <algorithm>
#include <utility>

namespace foreshape {

Result<SeenSlurm> DryRunControl::look() {
  auto seen = real_.look();
  if (!seen) return seen;
  std::erase_if(imagined_, [&](const SeenReservation& r) { return r.ends_s <= seen->at_s; });
  std::map<std::string, UnixSeconds> free;
  for (const SeenReservation& reservation : imagined_)
    for (const std::string& name : reservation.nodes) {
      const auto node = std::ranges::find(seen->nodes, name, &PoolNode::name);
      if (node == seen->nodes.end()) continue;
      const auto before = free_since_s_.find(name);
      if (before != free_since_s_.end()) node->since_s = before->second;
      if (!node->is_free && before == free_since_s_.end()) continue;
      node->is_free = true;
      node->free_at_s = seen->at_s;
      free[name] = node->since_s;
    }
  free_since_s_ = std::move(free);
  seen->reservations.insert(seen->reservations.end(), imagined_.begin(), imagined_.end());
  return seen;
}

Result<void> DryRunControl::create(const WantedHold& hold) {
  imagined_.push_back({.name = hold.name, .nodes = hold.nodes, .start_s = 0, .ends_s = hold.ends_s});
  return {};
}

Result<void> DryRunControl::change(const WantedHold& hold) {
  const auto found = std::ranges::find(imagined_, hold.name, &SeenReservation::name);
  if (found == imagined_.end()) return failure(ErrorCode::unavailable, "no such reservation");
  found->nodes = hold.nodes;
  found->ends_s = hold.ends_s;
  return {};
}

Result<void> DryRunControl::release(const std::string& name) {
  std::erase_if(imagined_, [&](const SeenReservation& r) { return r.name == name; });
  return {};
}

}  // namespace foreshape
