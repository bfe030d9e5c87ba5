// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which nodes to hold.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: pure functions.

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/plan/head_guard.h"
#include "predictor/plan/resource_pool.h"

namespace foreshape {

/// What a node must have, and which nodes come into question.
struct NodeRequest {
  std::string_view partition;
  std::uint32_t count = 1;
  std::uint32_t cpus = 0;             ///< at least, of each node
  std::int64_t memory_bytes = 0;      ///< at least, of each node
  UnixSeconds free_by_s = 0;          ///< a busy node that is expected to be free only later is no use
  std::span<const std::string> mine;  ///< nodes that the hold has already
};

/// A node of ours that is free again within so long is as good as free: while others wait, a free node that
/// is not ours is taken by them before we have it.
inline constexpr std::int64_t kSoonSeconds = 60;

/// At most `count` nodes, sorted by name: the hold's own that are free or free within kSoonSeconds, then
/// other free ones, then the hold's own that will be free in time, then others that will, the soonest first.
/// Never a node that is taken, needed by a head, held by another reservation, not usable or too small.
std::vector<std::string> choose_nodes(const ResourcePool& pool, const NodeRequest& request,
                                      const std::set<std::string>& taken, const HeadGuard& guard);

}  // namespace foreshape
