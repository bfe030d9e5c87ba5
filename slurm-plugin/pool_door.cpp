#include "slurm-plugin/pool_door.h"

#include <algorithm>
#include <utility>

namespace foreshape {

void PoolDoor::open(std::vector<PoolOpening> openings, std::vector<UserId> served) {
  if (openings.size() > kMaxOpenings) openings.resize(kMaxOpenings);
  const std::lock_guard lock(mutex_);
  openings_.swap(openings);
  served_.swap(served);
}

std::optional<BoundedText<64>> PoolDoor::enter(UserId uid, TextHash partition, std::uint32_t nodes,
                                               std::uint32_t cpus) {
  const std::lock_guard lock(mutex_);
  if (std::ranges::find(served_, uid) != served_.end()) return std::nullopt;
  for (PoolOpening& opening : openings_) {
    if (opening.partition != partition) continue;
    const std::uint32_t for_cpus =
        opening.cpus_per_node > 0 ? cpus / opening.cpus_per_node + (cpus % opening.cpus_per_node != 0 ? 1 : 0)
                                  : 1;
    const std::uint32_t needed = std::max({nodes, for_cpus, 1U});
    if (needed > opening.free_nodes) continue;
    opening.free_nodes -= needed;
    return opening.reservation;
  }
  return std::nullopt;
}

std::uint64_t PoolDoor::free_nodes() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t nodes = 0;
  for (const PoolOpening& opening : openings_) nodes += opening.free_nodes;
  return nodes;
}

}  // namespace foreshape
