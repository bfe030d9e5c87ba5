// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The queue as Slurm's scheduler sees it: who comes first by priority, and who may reserve.
//
// Runs in: offline.
// Threads: one state, one thread.

#include <cstddef>
#include <vector>

#include "replay/state.h"

namespace foreshape {

/// bf_min_prio_reserve and bf_min_age_reserve: who may keep others from starting.
bool may_reserve(const SimulationState& state, const Waiting& w);

/// Whether a has the higher priority; by arrival where they have the same.
bool goes_before(const SimulationState& state, const Waiting& a, const Waiting& b);

/// The first jobs by priority. That is the queue's order, which does not change with time, until a job is
/// older than PriorityMaxAge: then younger ones overtake it.
std::vector<Waiting> first_by_priority(SimulationState& state, std::size_t most);

}  // namespace foreshape
