// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/trial_job.h"

#include "slurm-plugin/slurm/shaped_job.h"
#include "slurm-plugin/slurm/slurm_field.h"

namespace foreshape {

std::optional<TrialMark> trial_of(const slurm_job_info_t& job) {
  if (!is_batch_job(job) || job.array_job_id != 0) return std::nullopt;
  return trial_mark(bounded(job.admin_comment));
}

std::vector<OpenTrial> open_trials(const job_info_msg_t& jobs) {
  std::vector<OpenTrial> open;
  for (std::uint32_t i = 0; i < jobs.record_count; ++i) {
    const auto mark = trial_of(jobs.job_array[i]);
    if (mark && mark->end == TrialEnd::open) open.push_back({&jobs.job_array[i], *mark});
  }
  return open;
}

std::int64_t age_credit_s(const slurm_job_info_t& job) {
  const auto mark = trial_of(job);
  return mark ? mark->credit_s : 0;
}

bool has_trial_limit(const slurm_job_info_t& job, const TrialMark& mark) {
  return mark.end == TrialEnd::open && job.time_limit < mark.limit_min;
}

}  // namespace foreshape
