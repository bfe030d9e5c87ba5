#pragma once
// The pool's free nodes as job_submit sees them: published by the agent, used up by short jobs as they come.
//
// Runs in: slurmctld.
// Threads: any. The lock is held for a walk over a handful of openings.

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "predictor/base/hash.h"
#include "predictor/base/text.h"

namespace foreshape {

/// One reservation of the pool, with what is free in it now.
struct PoolOpening {
  TextHash partition = 0;  ///< jobs of this partition
  BoundedText<64> reservation;
  std::uint32_t free_nodes = 0;
  std::uint32_t cpus_per_node = 0;  ///< of its smallest node; 0 = not known
};

class PoolDoor {
 public:
  static constexpr std::size_t kMaxOpenings = 64;

  /// Replaces what is open. The agent calls it at each pass, and with nothing when the pool is given up.
  void open(std::vector<PoolOpening> openings);

  /// The reservation for a job of so many whole nodes (at least 1) or cpus, whichever needs more nodes; they
  /// are no longer free until the next open(). nullopt where it does not fit.
  std::optional<BoundedText<64>> enter(TextHash partition, std::uint32_t nodes, std::uint32_t cpus);

  /// Free nodes of all openings together.
  std::uint64_t free_nodes() const;

 private:
  mutable std::mutex mutex_;  // guards openings_
  std::vector<PoolOpening> openings_;
};

}  // namespace foreshape
