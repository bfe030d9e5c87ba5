// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/trial/trial_tally.h"

#include <utility>

#include "predictor/base/job_state.h"
#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

constexpr std::int64_t kDay_s = 86'400;

/// Over by itself: neither by the trial's limit nor by anybody's hand.
bool has_ended_within(JobState state) {
  return state == JobState::completed || state == JobState::failed || state == JobState::out_of_memory;
}

}  // namespace

TrialTally::UserDay& TrialTally::today(UserId user, UnixSeconds now_s) {
  UserDay& day = days_[user];
  if (day.day != now_s / kDay_s) day = {now_s / kDay_s, 0, 0};
  return day;
}

void TrialTally::look(std::span<const OpenTrial> trials, UnixSeconds now_s) {
  std::unordered_set<JobId> started, ended;
  for (const OpenTrial& trial : trials) {
    const slurm_job_info_t& job = *trial.job;
    const JobState state = job_state(job.job_state);
    if (!has_trial_limit(job, trial.mark) || state == JobState::pending || job.start_time <= 0) continue;
    const JobId id = job_id_of(job);
    started.insert(id);
    if (!started_.contains(id)) {
      ++today(job.user_id, now_s).started;
      counts_.started += is_first_ ? 0 : 1;
    }
    if (!has_ended_within(state)) continue;
    ended.insert(id);
    if (ended_.contains(id)) continue;
    ++today(job.user_id, now_s).ended;
    counts_.ended += is_first_ ? 0 : 1;
  }
  started_ = std::move(started);
  ended_ = std::move(ended);
  std::erase_if(days_, [now_s](const auto& user) { return user.second.day != now_s / kDay_s; });
  is_first_ = false;
}

bool TrialTally::may_try(UserId user, std::uint32_t user_day_max, UnixSeconds now_s) const {
  const auto found = days_.find(user);
  if (found == days_.end() || found->second.day != now_s / kDay_s) return true;
  const UserDay& day = found->second;
  return day.started < user_day_max && (day.started < kInVain || day.ended > 0);
}

}  // namespace foreshape
