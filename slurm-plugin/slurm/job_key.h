// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a job can be named by in a change: its number or, in newer releases of Slurm, its SLUID (26.05 tried).
//
// Runs in: slurmctld (RPC threads too).
// Threads: pure functions.

#include <cstdint>
#include <optional>

namespace foreshape {

/// A job's number, or a SLUID: these begin with the number of the cluster in the highest bits, so none is as
/// small as a number.
using JobKey = std::uint64_t;

/// The job in a text as users write it: "5", "5_3", "5+0", "sEJSM8F8Q3HX00"; NULL and what Slurm would
/// refuse: nullopt. As Slurm itself reads it: the number with blanks and a sign before it, and cut to 32
/// bits.
std::optional<JobKey> named_job(const char* text);

}  // namespace foreshape
