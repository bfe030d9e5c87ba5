// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One finished job as a profile keeps it: what was requested and what was used, in 88 bytes.
//
// Runs in: slurmctld and offline. Trivially copyable; the same layout as the struct in snapshot.fbs.
// Threads: plain values.

#include <cstdint>
#include <type_traits>

#include "predictor/base/job.h"

namespace foreshape {

/// Times are unsigned 32-bit Unix seconds (good to 2106); sizes are KiB (4 TiB at most, saturated);
/// 0 in an requested_ field means "not said", kNotMeasured in a used_ field "not measured".
struct PastJob {
  static constexpr std::uint32_t kNotMeasured = UINT32_MAX;

  std::uint32_t job_id = 0;
  std::uint32_t uid = 0;
  std::uint32_t submit_s = 0;
  std::uint32_t start_s = 0;
  std::uint32_t end_s = 0;
  std::uint32_t run_s = 0;
  std::uint32_t account = 0, partition = 0, qos = 0, name = 0, script = 0, work_dir = 0;  // TextHash
  std::uint32_t requested_limit_s = 0;
  std::uint32_t requested_nodes = 0;
  std::uint32_t requested_cpus = 0;
  std::uint32_t requested_memory_kib = 0;        // per node
  std::uint32_t used_memory_kib = kNotMeasured;  // largest over nodes
  std::uint32_t used_read_kib = kNotMeasured;
  std::uint32_t used_written_kib = kNotMeasured;
  std::uint16_t cpu_efficiency = UINT16_MAX;  // in 1/10,000; UINT16_MAX = not measured
  std::uint16_t requested_gpus = 0;
  std::uint16_t array_tasks = 0;  // saturated
  JobState state = JobState::unknown;
  std::uint8_t interactive = 0;
  std::uint32_t reserved = 0;
};

static_assert(sizeof(PastJob) == 88);
static_assert(std::is_trivially_copyable_v<PastJob>);

/// Cut off by something that has nothing to do with the job, at any point: says nothing about its needs.
inline bool was_cut_off_by_others(JobState state) {
  return state == JobState::node_fail || state == JobState::boot_fail || state == JobState::preempted ||
         state == JobState::requeued;
}

/// It ran into its limit.
inline bool used_up_limit(const PastJob& past) {
  return (past.state == JobState::timeout) |
         ((past.requested_limit_s > 0) & (past.run_s >= past.requested_limit_s));
}

/// What remains of a job once it is finished. Values beyond a field's range are saturated.
PastJob past_job(JobId id, const JobRequest& requested, const JobUsage& used);

}  // namespace foreshape
