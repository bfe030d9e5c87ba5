// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How many jobs wait, and how many of them are overdue already: where most are, the order decides nothing.
//
// Runs in: slurmctld (agent thread).
// Threads: pure function.

#include <cstdint>
#include <optional>
#include <slurm/slurm.h>

namespace foreshape {

struct QueueCount {
  std::uint32_t waiting = 0;  ///< pending and not held; an array counts once
  std::uint32_t overdue = 0;  ///< of these: with the points of bf_min_prio_reserve, not from the start
};

/// overdue_points: bf_min_prio_reserve; where there is none nobody is overdue. base_points: OrderScale's,
/// which the site factors have taken off. Jobs that Order itself made overdue at submission are not counted:
/// they say nothing of the queue.
QueueCount count_queue(const job_info_msg_t& jobs, std::optional<std::uint32_t> overdue_points,
                       std::int64_t base_points);

}  // namespace foreshape
