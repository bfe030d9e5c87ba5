// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/memory_ends.h"

#include <utility>

#include "slurm-plugin/slurm/job_record.h"
#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/shaped_job.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

bool says_something(const slurm_job_info_t& job) {
  if ((job.job_state & JOB_COMPLETING) != 0) return false;
  const JobState state = job_state(job.job_state);
  return state == JobState::completed || state == JobState::failed || state == JobState::timeout ||
         state == JobState::out_of_memory;
}

}  // namespace

std::vector<MemoryEnd> MemoryEnds::look(const job_info_msg_t& jobs, UnixSeconds counted_until_s) {
  std::vector<MemoryEnd> ends;
  std::unordered_set<std::uint64_t> over;
  for (std::uint32_t i = 0; i < jobs.record_count; ++i) {
    const slurm_job_info_t& job = jobs.job_array[i];
    if (!says_something(job) || !is_batch_job(job) || !shaped_memory(job)) continue;
    const std::uint64_t run = run_key(job_id_of(job), job.end_time);
    over.insert(run);
    const bool is_counted = is_first_ ? job.end_time <= counted_until_s : over_.contains(run);
    if (!is_counted) ends.push_back({job.user_id, looks_killed_for_memory(job)});
  }
  over_ = std::move(over);
  is_first_ = false;
  return ends;
}

}  // namespace foreshape
