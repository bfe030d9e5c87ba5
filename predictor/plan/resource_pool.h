// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The machine at one moment, as far as holding nodes depends on it: what is free, what is free when, who
// waits.
//
// Runs in: slurmctld (made and read on the agent thread) and offline.
// Threads: plain values.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/job.h"

namespace foreshape {

inline constexpr UnixSeconds kNever = std::numeric_limits<UnixSeconds>::max();

struct PoolNode {
  std::string name;
  std::vector<std::string> partitions;
  bool usable = false;   ///< up, and neither drained, failing, in maintenance nor somebody else's reservation
  bool is_free = false;  ///< no job runs on it: nodes are held whole
  UnixSeconds since_s = 0;         ///< since when it is free, or busy
  UnixSeconds free_at_s = kNever;  ///< when the last of its jobs is expected to end, by prediction or limit
  std::uint32_t jobs = 0;          ///< that run on it
  std::uint32_t cpus = 0;
  std::int64_t memory_bytes = 0;
  std::vector<std::string> features;
  bool has_gres = false;
  std::string held_by;             ///< our reservation that it is in; empty = none
  std::optional<UserId> admitted;  ///< whose job that a hold let in runs there

  bool is_in(std::string_view partition) const;
};

/// Who waits for the nodes of a partition.
struct WaitingQueue {
  std::string partition;
  std::uint32_t waiting = 0;  ///< jobs that could start if there were room
  JobId head = 0;             ///< the first of them; 0 = none waits
  std::uint32_t head_nodes = 0;
  UnixSeconds head_since_s = 0;  ///< since when it has been the first
};

struct ResourcePool {
  UnixSeconds at_s = 0;
  std::vector<PoolNode> nodes;
  std::vector<WaitingQueue> queues;

  /// The queue of a partition; an empty one if nobody waits there.
  WaitingQueue queue_of(std::string_view partition) const;
  const PoolNode* find(std::string_view node) const;
};

}  // namespace foreshape
