// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/queue_count.h"

#include "slurm-plugin/slurm/job_record.h"

namespace foreshape {
namespace {

/// Its site factor alone brings it there: predicted short (OrderShortJob), whatever the site's other weights.
bool is_born_overdue(const slurm_job_info_t& job, std::int64_t overdue_points, std::int64_t base_points) {
  if (job.site_factor == 0 || job.site_factor == NO_VAL) return false;
  return std::int64_t{job.site_factor} - std::int64_t{NICE_OFFSET} + base_points >= overdue_points;
}

}  // namespace

QueueCount count_queue(const job_info_msg_t& jobs, std::optional<std::uint32_t> overdue_points,
                       std::int64_t base_points) {
  QueueCount count;
  for (std::uint32_t i = 0; i < jobs.record_count; ++i) {
    const slurm_job_info_t& job = jobs.job_array[i];
    const bool is_held = job.priority == 0;
    if (job_state(job.job_state) != JobState::pending || is_held) continue;
    ++count.waiting;
    if (!overdue_points || *overdue_points == 0 || job.priority < *overdue_points) continue;
    if (!is_born_overdue(job, *overdue_points, base_points)) ++count.overdue;
  }
  return count;
}

}  // namespace foreshape
