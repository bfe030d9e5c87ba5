// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/requeue_watch.h"

#include <fmt/format.h>
#include <span>
#include <utility>

#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {

std::string stuck_text(JobId job) {
  return fmt::format(
      "job {}: queued again, but this Slurm keeps it COMPLETING, since it had ended before slurmctld "
      "was started; scontrol reconfigure lets it go on",
      job);
}

std::vector<JobId> RequeueWatch::stuck(const job_info_msg_t& jobs, UnixSeconds now_s) {
  std::vector<JobId> found;
  if (since_s_.empty()) return found;
  std::unordered_map<JobId, UnixSeconds> still;
  for (const slurm_job_info_t& job : std::span{jobs.job_array, jobs.record_count}) {
    const auto since = since_s_.find(job_id_of(job));
    if (since == since_s_.end() || (job.job_state & JOB_COMPLETING) == 0) continue;
    if (now_s - since->second < kPatienceSeconds)
      still.insert(*since);
    else
      found.push_back(since->first);
  }
  since_s_ = std::move(still);
  return found;
}

}  // namespace foreshape
