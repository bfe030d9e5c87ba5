// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/core_reservations.h"

#include <algorithm>

namespace foreshape {
namespace {

using Firsts = std::map<std::string, UnixSeconds>;

void keep_earlier(Firsts& firsts, const std::string& name, UnixSeconds begins_s) {
  UnixSeconds& first_s = firsts.try_emplace(name, begins_s).first->second;
  first_s = std::min(first_s, begins_s);
}

}  // namespace

CoreReservations::CoreReservations(const SeenSlurm& seen) {
  Firsts nodes;
  for (const SeenReservation& reservation : seen.reservations) {
    if (!reservation.is_open_to_flex || reservation.ends_s <= seen.at_s) continue;
    for (const std::string& node : reservation.nodes) keep_earlier(nodes, node, reservation.start_s);
  }
  if (nodes.empty()) return;
  for (const PoolNode& node : seen.nodes) {
    const auto found = nodes.find(node.name);
    if (found == nodes.end()) continue;
    for (const std::string& partition : node.partitions) keep_earlier(first_s_, partition, found->second);
  }
}

bool CoreReservations::are_in(const std::string& partition, UnixSeconds until_s) const {
  const auto found = first_s_.find(partition);
  return found != first_s_.end() && found->second < until_s;
}

}  // namespace foreshape
