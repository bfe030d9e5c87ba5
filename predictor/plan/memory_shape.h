// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How much memory a job is given instead of what its user requested.
//
// Runs in: slurmctld and offline. No allocation.
// Threads: pure function.

#include <cstdint>
#include <optional>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"

namespace foreshape {

/// So many of the user's own jobs of that name and limit must have run to their end with their peak measured:
/// of n such figures the next is above all of them with a chance of 1 in n + 1 at worst, and the headroom and
/// everybody's shares, which the forecast has in it, come on top.
inline constexpr std::uint16_t kAlikeRuns = 10;

/// On top of the forecast's quantile. Accounting samples every 30 s on most sites: a short peak is missed by
/// it and not by the kernel.
inline constexpr double kMemoryHeadroom = 1.25;

inline constexpr std::int64_t kMinMemoryMib =
    256;  ///< an interpreter and its libraries, whatever was measured
inline constexpr std::int64_t kMemoryStepMib = 64;  ///< planned in steps of so much, upwards

/// A program that sizes itself by what it is given would have less with each run: it is never less than a
/// quarter of what its user requested.
inline constexpr std::int64_t kMinShareOfRequest = 4;

/// MiB per node; less than requested. nullopt: the job keeps its request, since it has none, too few jobs
/// alike are known, they are not the user's own, or nothing would be saved.
///
/// margin: the quantile, below 1: the share of jobs that are to have enough.
/// Whether this job may be touched at all is not asked here: slurm/memory_lever.
std::optional<std::int64_t> shaped_memory_mib(const JobRequest& job, const Prediction& prediction,
                                              float margin);

/// The same of a job that waits: its request where the evidence says so. nullopt: too little is known, so
/// that what it has stays; also since newer jobs' peaks are not yet measured.
std::optional<std::int64_t> fitting_memory_mib(const JobRequest& job, const Prediction& prediction,
                                               float margin);

/// Whether a waiting job's memory is changed, each time by a call of some milliseconds: by an eighth at
/// least, or up to what was requested. All three in MiB per node.
bool is_worth_resizing(std::int64_t from_mib, std::int64_t to_mib, std::int64_t requested_mib);

}  // namespace foreshape
