// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A job as a value: what was requested, and what it used.
//
// Runs in: slurmctld and offline. Trivially copyable: may be built on an RPC thread and queued.
// Threads: plain values.

#include <cstdint>
#include <optional>
#include <type_traits>

#include "predictor/base/clock.h"
#include "predictor/base/hash.h"

namespace foreshape {

using JobId = std::uint32_t;
using UserId = std::uint32_t;  ///< a number only: a name would need a name service

/// What the user requested, in full, without text: names are hashes (hash.h).
/// Sums are over the whole job; memory is per node. Absent = the user did not say.
struct JobRequest {
  UnixSeconds submit_s = 0;
  UserId uid = 0;

  TextHash account = 0;
  TextHash partition = 0;  ///< of the list as the user wrote it
  TextHash qos = 0;
  TextHash name = 0;      ///< digits folded
  TextHash script = 0;    ///< of script and command line; for srun of the command line
  TextHash work_dir = 0;  ///< working directory
  TextHash gres = 0;      ///< of the TRES strings as written (gpus and others)
  TextHash licenses = 0;
  TextHash burst_buffer = 0;  ///< of the burst buffer directives

  std::optional<std::uint32_t> nodes;
  std::optional<std::uint32_t> cpus;
  std::optional<std::uint32_t> tasks;
  std::optional<std::uint32_t> gpus;
  std::optional<std::int64_t> memory_per_node_bytes;
  std::optional<std::int64_t> limit_s;  ///< requested time limit
  std::uint32_t array_tasks = 0;        ///< 0 = not an array
  bool interactive = false;             ///< srun or salloc: no batch script
  bool has_dependency = false;

  /// cpus, or the least that the rest of the request implies.
  std::uint32_t least_cpus() const {
    if (cpus && *cpus > 0) return *cpus;
    if (tasks && *tasks > 0) return *tasks;
    return nodes && *nodes > 0 ? *nodes : 1;
  }
};

/// How a job ended, in Slurm's words.
enum class JobState : std::uint8_t {
  unknown,
  pending,
  running,
  completed,
  failed,
  cancelled,
  timeout,
  out_of_memory,
  node_fail,
  preempted,
  boot_fail,
  deadline,
  requeued,
};

/// What accounting measured; absent = not measured (a very short job was never sampled, a site does
/// not account I/O), which is not the same as zero.
struct JobUsage {
  UnixSeconds start_s = 0;
  UnixSeconds end_s = 0;
  std::int64_t run_s = 0;  ///< of the last run, suspended time not counted
  JobState state = JobState::unknown;
  std::optional<std::int64_t> peak_memory_bytes;  ///< the largest over nodes
  std::optional<float> cpu_efficiency;            ///< cpu time / (allocated cpus x run time)
  std::optional<std::int64_t> read_bytes;         ///< sum over all steps and tasks
  std::optional<std::int64_t> written_bytes;
};

/// True where run time and memory say what the job needed; false where they are only a lower
/// bound (it was cut off) or no evidence at all (it never ran).
inline bool is_measurement(JobState state) {
  return state == JobState::completed || state == JobState::failed;
}

static_assert(std::is_trivially_copyable_v<JobRequest>);
static_assert(std::is_trivially_copyable_v<JobUsage>);

}  // namespace foreshape
