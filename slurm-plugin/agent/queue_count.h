// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How many jobs wait, and how many of them have waited their offset: where most have, all of them reserve
// nodes, as if there were no order.
//
// Runs in: slurmctld (agent thread).
// Threads: pure function.

#include <cstdint>
#include <optional>
#include <slurm/slurm.h>

#include "predictor/base/clock.h"
#include "predictor/plan/order_key.h"

namespace foreshape {

struct QueueCount {
  std::uint32_t waiting = 0;  ///< pending and not held; an array counts once
  std::uint32_t overdue = 0;  ///< of these: by waiting, not from the start
};

/// scale: SiteFacts::order_scale(); where there is none nobody is overdue. Jobs that Order itself made
/// overdue at submission are not counted, and what fair-share and other factors add does not count: both say
/// nothing of the queue.
QueueCount count_queue(const job_info_msg_t& jobs, const std::optional<OrderScale>& scale, UnixSeconds now_s);

}  // namespace foreshape
