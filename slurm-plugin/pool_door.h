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
#include "predictor/base/job.h"
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
  /// served: users for whom nodes of their own are held; the pool would only draw them away from those.
  void open(std::vector<PoolOpening> openings, std::vector<UserId> served = {});

  /// The reservation for a job of so many whole nodes (at least 1) or cpus, whichever needs more nodes; they
  /// are no longer free until the next open(). nullopt where it does not fit, and for users served elsewhere.
  std::optional<BoundedText<64>> enter(UserId uid, TextHash partition, std::uint32_t nodes,
                                       std::uint32_t cpus);

  /// Free nodes of all openings together.
  std::uint64_t free_nodes() const;

 private:
  mutable std::mutex mutex_;  // guards both
  std::vector<PoolOpening> openings_;
  std::vector<UserId> served_;
};

}  // namespace foreshape
