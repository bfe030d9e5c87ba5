// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/profile/past_job.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace foreshape {
namespace {

template <class To, class From>
To saturated(From value) {
  using Wide = std::int64_t;
  return static_cast<To>(std::clamp(static_cast<Wide>(value), Wide{0}, Wide{std::numeric_limits<To>::max()}));
}

std::uint32_t kib(std::int64_t bytes) {
  return saturated<std::uint32_t>(bytes / 1024 + (bytes % 1024 > 0 ? 1 : 0));
}

/// One below "not measured" at most.
std::uint32_t measured_kib(const std::optional<std::int64_t>& bytes) {
  return bytes ? std::min(kib(*bytes), PastJob::kNotMeasured - 1) : PastJob::kNotMeasured;
}

std::uint16_t measured_efficiency(const std::optional<float>& share) {
  // Not a number is no measurement. More than all cpus happens (clock ticks, threads of the step daemon).
  if (!share || !(*share >= 0)) return UINT16_MAX;
  return static_cast<std::uint16_t>(std::lround(std::min(*share, 1.0F) * 10'000));
}

/// Accounting counts in whole seconds. Who began and ended within one has run, as crashes do: 0 is for who has not.
/// A start time says nothing of that: Slurm gives one also to jobs that were cancelled, or met their deadline, waiting.
std::uint32_t ran_s(const JobUsage& used) {
  const bool has_ended_by_itself = is_measurement(used.state) || used.state == JobState::out_of_memory;
  const bool is_over_at_once =
      has_ended_by_itself && used.start_s > 0 && used.end_s >= used.start_s && used.run_s == 0;
  return is_over_at_once ? 1 : saturated<std::uint32_t>(used.run_s);
}

}  // namespace

PastJob past_job(JobId id, const JobRequest& requested, const JobUsage& used) {
  PastJob job;
  job.job_id = id;
  job.uid = requested.uid;
  job.submit_s = saturated<std::uint32_t>(requested.submit_s);
  job.start_s = saturated<std::uint32_t>(used.start_s);
  job.end_s = saturated<std::uint32_t>(used.end_s);
  job.run_s = ran_s(used);
  job.account = requested.account;
  job.partition = requested.partition;
  job.qos = requested.qos;
  job.name = requested.name;
  job.script = requested.script;
  job.work_dir = requested.work_dir;
  job.requested_limit_s = saturated<std::uint32_t>(requested.limit_s.value_or(0));
  job.requested_nodes = requested.nodes.value_or(0);
  job.requested_cpus = requested.least_cpus();
  job.requested_memory_kib = kib(requested.memory_per_node_bytes.value_or(0));
  job.used_memory_kib = measured_kib(used.peak_memory_bytes);
  job.used_read_kib = measured_kib(used.read_bytes);
  job.used_written_kib = measured_kib(used.written_bytes);
  job.cpu_efficiency = measured_efficiency(used.cpu_efficiency);
  job.requested_gpus = saturated<std::uint16_t>(requested.gpus.value_or(0));
  job.array_tasks = saturated<std::uint16_t>(requested.array_tasks);
  job.state = used.state;
  job.interactive = requested.interactive ? 1 : 0;
  return job;
}

}  // namespace foreshape
