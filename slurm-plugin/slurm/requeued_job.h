// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A job that is queued again, or may be, as Slurm's own list has it.
//
// Runs in: slurmctld.
// Threads: pure functions; the caller owns the record.

#include <cstdint>
#include <slurm/slurm.h>
#include <string_view>

#include "slurm-plugin/slurm/slurm_field.h"

namespace foreshape {

/// slurmd refuses a run that begins in the second in which it revoked the credential of the one before ("Job
/// credential revoked"), and the job would be lost: nobody is queued again sooner after the end.
inline constexpr std::int64_t kSettledSeconds = 3;

/// Queued again and held in one, as we do it, and an administrator may (scontrol requeuehold).
inline bool is_held_by_requeue(const slurm_job_info_t& job) {
  return job.priority == 0 && bounded(job.state_desc).find("held state") != std::string_view::npos;
}

}  // namespace foreshape
