// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What became of every single job, for whoever wants to look at more than figures.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <string_view>

#include "replay/policy.h"
#include "replay/simulation.h"
#include "replay/workload.h"

namespace foreshape {

/// The line of names that schedule_csv's lines go under.
std::string_view schedule_csv_header();

/// One line for each job in order of submission: trace, policy, predictor, seed, the job's number in the
/// trace, and its submission, start and end in seconds as the trace counts them.
std::string schedule_csv(const Workload& load, const SchedulingPolicy& policy, std::uint64_t seed,
                         const Schedule& schedule);

}  // namespace foreshape
