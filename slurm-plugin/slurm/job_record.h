// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A job as Slurm's own list has it: which run it is, and its request.
//
// Runs in: slurmctld.
// Threads: pure functions; the caller owns the record.

#include <cstdint>
#include <optional>
#include <slurm/slurm.h>
#include <string>

#include "predictor/base/job.h"

namespace foreshape {

/// One run of a job, which ended at end_s: a requeued job ends more than once.
constexpr std::uint64_t run_key(JobId job, UnixSeconds end_s) {
  return std::uint64_t{job} << 32U | static_cast<std::uint32_t>(end_s);
}

/// The job as Slurm's commands show it, "123", and a task of an array "120_3". Where Slurm's calls take a text that is the
/// safe one: the number of one task is that of the whole array, too.
std::string shown_id(const slurm_job_info_t& job);

/// The job's request as Slurm's record has it (of memory and limit what its user requested, where it was given
/// less), with what only the submission knew taken from `remembered`.
JobRequest requested_by(const slurm_job_info_t& job, const std::optional<JobRequest>& remembered);

}  // namespace foreshape
