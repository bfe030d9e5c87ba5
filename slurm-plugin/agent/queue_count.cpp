// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/queue_count.h"

#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/trial_job.h"

namespace foreshape {
namespace {

/// Slurm counts its age from accrue_time: a job that was held, depends or begins later has not waited yet.
std::int64_t waited_s(const slurm_job_info_t& job, UnixSeconds now_s) {
  const bool ages = job.accrue_time > 0 && job.accrue_time < now_s;
  return ages ? now_s - job.accrue_time : 0;
}

/// By its wait, not by what else Slurm gives points for, and not from the start. What its site factor has for a
/// wait that Slurm has forgotten was a wait as well.
bool is_overdue_by_now(const slurm_job_info_t& job, const OrderScale& scale, UnixSeconds now_s) {
  const auto without_age = static_cast<double>(points_in(job.site_factor) + scale.base_points);
  if (without_age + age_points(waited_s(job, now_s), scale) < scale.overdue_points) return false;
  return without_age - age_points(age_credit_s(job), scale) < scale.overdue_points;
}

}  // namespace

QueueCount count_queue(const job_info_msg_t& jobs, const std::optional<OrderScale>& scale,
                       UnixSeconds now_s) {
  QueueCount count;
  for (std::uint32_t i = 0; i < jobs.record_count; ++i) {
    const slurm_job_info_t& job = jobs.job_array[i];
    const bool is_held = job.priority == 0;
    if (job_state(job.job_state) != JobState::pending || is_held) continue;
    ++count.waiting;
    if (scale && is_overdue_by_now(job, *scale, now_s)) ++count.overdue;
  }
  return count;
}

}  // namespace foreshape
