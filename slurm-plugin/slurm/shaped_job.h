// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A job that was given less memory than requested, or may be, as Slurm's own list has it.
//
// Runs in: slurmctld.
// Threads: pure functions; the caller owns the record.

#include <cstdint>
#include <optional>
#include <slurm/slurm.h>

#include "predictor/base/memory_mark.h"

namespace foreshape {

/// The mark of a job that still has the memory that we gave it or left it: planned_mib is what it has. nullopt:
/// it may not be touched, was given its request back, or its user or an administrator has changed the figure,
/// which ends our say over it.
std::optional<MemoryMark> marked_memory(const slurm_job_info_t& job);

/// The same of a job that has less than requested.
std::optional<MemoryMark> shaped_memory(const slurm_job_info_t& job);

/// So much memory of a node as Slurm's records have it (pn_min_memory): MiB, or MiB for each of so many CPUs, with the
/// bit that says so. cpus: of MemoryMark; mib is so many times a whole figure.
std::uint64_t memory_field(std::int64_t mib, std::uint32_t cpus);

/// Not interactive, and no part of a het job. None of ours is another kind; whoever has written our mark into
/// another's comment must not make us act on it.
bool is_batch_job(const slurm_job_info_t& job);

/// How many jobs the record stands for: those tasks of an array that have not been started yet are one record.
std::uint32_t jobs_in(const slurm_job_info_t& job);

/// Whether the end of its last run is one that too little memory leads to: OUT_OF_MEMORY, or FAILED with
/// signal 9 (JobAcctGatherParams=OverMemoryKill) or Slurm's own 125 in the script or a step. A job's own
/// kill -9 looks the same. Also of a job that has been requeued since.
bool looks_killed_for_memory(const slurm_job_info_t& job);

}  // namespace foreshape
