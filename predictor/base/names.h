// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How values of predictor/base are called in the store, in JSON and on the terminal.
//
// Runs in: slurmctld and offline.
// Threads: constants.

#include "predictor/base/enum_names.h"
#include "predictor/base/job.h"
#include "predictor/base/prediction.h"

namespace foreshape {

/// Slurm's own words.
inline constexpr EnumNames<JobState, JobState::requeued> kJobStateNames{
    "UNKNOWN",       "PENDING",   "RUNNING",   "COMPLETED", "FAILED",   "CANCELLED", "TIMEOUT",
    "OUT_OF_MEMORY", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "DEADLINE", "REQUEUED"};

/// Of model cards, tables and JSON.
inline constexpr EnumNames<Resource, Resource::written> kResourceNames{"run_time", "memory", "cpu_efficiency",
                                                                       "read", "written"};

inline constexpr EnumNames<Evidence, Evidence::cluster> kEvidenceNames{"none", "user", "account", "cluster"};

}  // namespace foreshape
