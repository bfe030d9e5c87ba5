// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who waits in each partition, and since when the first of them has been the first.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "predictor/plan/resource_pool.h"
#include "slurm-plugin/slurm/slurm_control.h"

namespace foreshape {

class QueueHeads {
 public:
  /// The queues as these jobs make them. The head is the job of the highest priority, the oldest of equals.
  /// Jobs that have a reservation wait for that, not for room, and are left out. After a restart a head
  /// counts from the first look: Slurm does not say since when it is the first.
  std::vector<WaitingQueue> update(std::span<const SeenJob> jobs, UnixSeconds now_s);

 private:
  struct Head {
    JobId job = 0;
    UnixSeconds since_s = 0;
  };
  std::map<std::string, Head> heads_;
};

}  // namespace foreshape
