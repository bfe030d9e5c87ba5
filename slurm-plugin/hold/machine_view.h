// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Slurm as it is seen, made into what the planner plans with.
//
// Runs in: slurmctld (agent thread).
// Threads: pure functions.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/plan/pre_allocation.h"
#include "predictor/plan/resource_pool.h"
#include "slurm-plugin/slurm/slurm_control.h"

namespace foreshape {

/// "foreshape_<number>": what our reservations are called. Anybody can read it: it says of nobody that he is
/// expected.
std::string hold_name(std::uint32_t number);

/// By its name a reservation of ours, and not yet over (Slurm keeps those that are, while a job is in them).
bool is_our_hold(const SeenReservation& reservation, UnixSeconds now_s);

/// The hold that a reservation of ours is; its deadline is its end.
LiveHold hold_of(const SeenReservation& reservation);

/// Nodes with who holds them and when they will be free; nodes in somebody else's reservation that has begun,
/// or begins within horizon_s, are not usable.
///
/// expected_end_s: of a running job.
ResourcePool machine_view(const SeenSlurm& seen, std::vector<WaitingQueue> queues, std::int64_t horizon_s,
                          const std::function<UnixSeconds(const SeenJob&)>& expected_end_s);

}  // namespace foreshape
