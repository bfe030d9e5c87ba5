// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/live_table.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "slurm-plugin/slurm/job_record.h"
#include "slurm-plugin/slurm/record_state.h"

namespace foreshape {
namespace {

/// As the model knows it from training: what is requested in Slurm's own record, as finished jobs have it.
LiveJob live_job(const slurm_job_info_t& job) {
  const JobRequest requested = requested_by(job, std::nullopt);
  const bool runs = job_state(job.job_state) == JobState::running && job.start_time > 0;
  return {.submit_s = static_cast<std::uint32_t>(job.submit_time),
          .start_s = runs ? static_cast<std::uint32_t>(job.start_time) : 0,
          .limit_s = static_cast<std::uint32_t>(requested.limit_s.value_or(0)),
          .cpus = requested.least_cpus(),
          .name = requested.name};
}

bool is_live(const slurm_job_info_t& job) {
  const JobState state = job_state(job.job_state);
  return state == JobState::pending || state == JobState::running;
}

}  // namespace

LiveTable::LiveTable(const job_info_msg_t& jobs) : looked_s_(jobs.last_update) {
  for (std::uint32_t i = 0; i < jobs.record_count; ++i) {
    const slurm_job_info_t& job = jobs.job_array[i];
    if (is_live(job) && job.submit_time < looked_s_) jobs_.push_back({job.user_id, live_job(job)});
  }
  const auto order = [](const OfUser& a, const OfUser& b) {
    return std::tuple{a.uid, b.job.submit_s} < std::tuple{b.uid, a.job.submit_s};
  };
  std::ranges::stable_sort(jobs_, order);
  UserId uid = 0;
  std::size_t of_user = 0;
  std::erase_if(jobs_, [&](const OfUser& one) {
    if (one.uid != uid) of_user = 0;
    uid = one.uid;
    return ++of_user > kMaxLiveJobs;
  });
}

std::size_t LiveTable::jobs_of(UserId uid, const ProfileStore& profiles, std::span<LiveJob> out) const {
  if (looked_s_ == 0) return 0;
  std::array<Submission, kMaxLiveJobs> newer;
  const std::size_t most = std::min(newer.size(), out.size());
  std::size_t n = profiles.newest_submissions(uid, looked_s_, std::span{newer}.first(most));
  for (std::size_t i = 0; i < n; ++i)
    out[i] = {.submit_s = newer[i].submit_s,
              .start_s = 0,
              .limit_s = newer[i].limit_s,
              .cpus = newer[i].cpus,
              .name = newer[i].name};
  const auto first = std::ranges::lower_bound(jobs_, uid, {}, &OfUser::uid);
  for (auto one = first; one != jobs_.end() && one->uid == uid && n < out.size(); ++one) out[n++] = one->job;
  return n;
}

}  // namespace foreshape
