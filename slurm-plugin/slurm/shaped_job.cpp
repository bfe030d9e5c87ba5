// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/shaped_job.h"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <slurm/slurm.h>

#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/tres_text.h"

namespace foreshape {
namespace {

/// Slurm's own signal number of a step in which the kernel killed something (SIG_OOM).
constexpr std::uint32_t kOutOfMemorySignal = 125;

bool is_memory_kill(std::uint32_t exit_code) {
  if (exit_code == NO_VAL) return false;
  const std::uint32_t signal = exit_code & 0x7fU;  // as wait() has it; <sys/wait.h> is not for job_submit
  return signal == SIGKILL || signal == kOutOfMemorySignal;
}

}  // namespace

std::uint64_t memory_field(std::int64_t mib, std::uint32_t cpus) {
  const auto figure = static_cast<std::uint64_t>(mib);
  return cpus == 0 ? figure : figure / cpus | MEM_PER_CPU;
}

std::optional<MemoryMark> marked_memory(const slurm_job_info_t& job) {
  auto mark = memory_mark(bounded(job.admin_comment));
  if (!mark) return std::nullopt;
  // A job that was about to start when its request was given back may have started without it.
  if (mark->is_returned && job_state(job.job_state) == JobState::pending) return std::nullopt;
  const auto has = [&](std::int64_t mib) {
    return mib != 0 && job.pn_min_memory == memory_field(mib, mark->cpus);
  };
  if (has(mark->planned_mib)) return mark;
  if (!has(mark->former_mib)) return std::nullopt;
  mark->planned_mib = mark->former_mib;
  return mark;
}

std::optional<MemoryMark> shaped_memory(const slurm_job_info_t& job) {
  const auto mark = marked_memory(job);
  return mark && mark->planned_mib < mark->requested_mib ? mark : std::nullopt;
}

bool is_batch_job(const slurm_job_info_t& job) { return job.batch_flag != 0 && job.het_job_id == 0; }

std::uint32_t jobs_in(const slurm_job_info_t& job) {
  return std::max(array_tasks(bounded(job.array_task_str)), 1U);
}

bool looks_killed_for_memory(const slurm_job_info_t& job) {
  const JobState state = job_state(job.job_state);
  if (state == JobState::out_of_memory) return true;
  if (state != JobState::failed && state != JobState::pending) return false;
  return is_memory_kill(job.exit_code) || is_memory_kill(job.derived_ec);
}

}  // namespace foreshape
