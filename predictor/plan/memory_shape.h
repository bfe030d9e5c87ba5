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

/// So many of the user's own jobs of that name must have completed with their peak measured.
inline constexpr std::uint16_t kMinAlikeRuns = 2;

/// Where n runs alike are known, kOpenPerRun n jobs alike may wait or run with less at once, and no more: what they
/// have in common is known only when the first of them end. From kProvenRuns on it is known.
inline constexpr std::uint32_t kOpenPerRun = 4;
inline constexpr std::uint16_t kProvenRuns = 20;
std::uint32_t open_shapes_max(const Prediction& prediction);

/// n runs alike say 1 + kFewRuns / n times of what their largest peak says: the next is above all of them with a
/// chance of 1 in n + 1.
inline constexpr double kFewRuns = 0.5;

inline constexpr std::int64_t kMinMemoryMib =
    256;  ///< an interpreter and its libraries, whatever was measured
inline constexpr std::int64_t kMemoryStepMib = 64;  ///< planned in steps of so much, upwards

/// A program that sizes itself by what it is given would have less with each run: it is never less than a
/// quarter of what its user requested.
inline constexpr std::int64_t kMinShareOfRequest = 4;

/// MiB per node; less than requested. nullopt: the job keeps its request, since it has none, too few of the user's
/// jobs alike are known, or nothing would be saved.
///
/// headroom: the user's factor on the largest peak of those alike (memory_headroom.h).
/// Whether this job may be touched at all is not asked here: slurm/memory_lever.
std::optional<std::int64_t> shaped_memory_mib(const JobRequest& job, const Prediction& prediction,
                                              double headroom);

/// The same of a job that waits: its request where the evidence says so. nullopt: too little is known, so
/// that what it has stays; also since newer jobs' peaks are not yet measured.
std::optional<std::int64_t> fitting_memory_mib(const JobRequest& job, const Prediction& prediction,
                                               double headroom);

/// Whether a waiting job's memory is changed, each time by a call of some milliseconds: by an eighth at
/// least, or up to what was requested. All three in MiB per node.
bool is_worth_resizing(std::int64_t from_mib, std::int64_t to_mib, std::int64_t requested_mib);

}  // namespace foreshape
