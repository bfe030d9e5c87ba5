// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/queue_count.h"

#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/trial_job.h"

namespace foreshape {
namespace {

double points_of(std::int64_t waited_s, const OrderScale& scale) {
  return static_cast<double>(waited_s) / 60 * scale.points_per_minute;
}

/// What it has besides its age and other factors: our points, with the base that was taken off them.
double points_at_submission(const slurm_job_info_t& job, const OrderScale& scale) {
  const bool has_factor = job.site_factor != 0 && job.site_factor != NO_VAL;
  const std::int64_t site = has_factor ? std::int64_t{job.site_factor} - std::int64_t{NICE_OFFSET} : 0;
  return static_cast<double>(site + scale.base_points) - points_of(age_credit_s(job), scale);
}

/// Slurm counts its age from accrue_time: a job that was held, depends or begins later has not waited yet.
double points_of_age(const slurm_job_info_t& job, const OrderScale& scale, UnixSeconds now_s) {
  const bool ages = job.accrue_time > 0 && job.accrue_time < now_s;
  return points_of((ages ? now_s - job.accrue_time : 0) + age_credit_s(job), scale);
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
    if (!scale) continue;
    const double at_submission = points_at_submission(job, *scale);
    const bool is_born_overdue = at_submission >= scale->overdue_points;
    if (!is_born_overdue && at_submission + points_of_age(job, *scale, now_s) >= scale->overdue_points)
      ++count.overdue;
  }
  return count;
}

}  // namespace foreshape
