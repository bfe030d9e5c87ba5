// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where something is idle: a rough count, which keeps jobs from being tried in vain. Slurm decides.
//
// Runs in: slurmctld (agent thread).
// Threads: one object, one thread.

#include <cstdint>
#include <map>
#include <slurm/slurm.h>
#include <string>

namespace foreshape {

class IdleCapacity {
 public:
  /// Nodes that are usable, in no reservation, and in a partition that is up.
  IdleCapacity(const node_info_msg_t& nodes, const partition_info_msg_t& partitions);

  /// Whether a partition that the job may use has room for it: as many idle nodes as it needs, or, for one
  /// that needs a part of one node, one that is not full. What it needs is then no longer idle.
  bool take(const slurm_job_info_t& job);

 private:
  struct Idle {
    std::uint32_t nodes = 0;  // idle ones
    std::uint32_t mixed = 0;  // nodes of which a part is free
    std::uint32_t cpus = 0;   // of the largest node
  };
  std::map<std::string, Idle, std::less<>> idle_;  // by partition
};

}  // namespace foreshape
