// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/overrun_watch.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "slurm-plugin/slurm/job_record.h"
#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

constexpr double kHalfLife_s = 86'400;

/// Run times are counted in seconds: no prediction is taken for less.
constexpr float kMinClaim_s = 1;

/// Without the time that it was suspended.
double ran_s(const slurm_job_info_t& job, UnixSeconds until_s) {
  UnixSeconds ran = until_s - job.start_time;
  if (job.suspend_time > 0 && job.pre_sus_time > 0) {
    const bool is_suspended = (job.job_state & JOB_STATE_BASE) == JOB_SUSPENDED;
    ran = std::min<UnixSeconds>(ran, job.pre_sus_time + (is_suspended ? 0 : until_s - job.suspend_time));
  }
  // Slurm ends it at its limit: more is a clock that was set.
  if (const auto minutes = if_set(job.time_limit))
    ran = std::min<UnixSeconds>(ran, std::int64_t{*minutes} * 60);
  return static_cast<double>(std::max<UnixSeconds>(ran, 0));
}

}  // namespace

OverrunWatch::Account OverrunWatch::faded(Account account, UnixSeconds now_s) {
  const double share =
      std::exp2(-static_cast<double>(std::max<UnixSeconds>(now_s - account.at_s, 0)) / kHalfLife_s);
  return {account.ran_s * share, account.claimed_s * share, now_s};
}

UserOverruns OverrunWatch::look(const job_info_msg_t& jobs, const ClaimOf& claim_of, UnixSeconds now_s) {
  Accounts running;  // charged at once, and taken from the list anew each time
  std::unordered_set<std::uint64_t> ended;
  for (std::uint32_t i = 0; i < jobs.record_count; ++i) {
    const slurm_job_info_t& job = jobs.job_array[i];
    const JobState state = job_state(job.job_state);
    if (state == JobState::pending || job.start_time <= 0) continue;
    const bool runs = state == JobState::running;
    const std::uint64_t run = run_key(job_id_of(job), job.end_time);
    const bool is_counted = !runs && (!ended.insert(run).second || ended_.contains(run));
    const auto claim = is_counted ? std::nullopt : claim_of(job);
    if (!claim) continue;
    const double ran = ran_s(job, runs ? now_s : job.end_time), claimed = std::max(*claim, kMinClaim_s);
    Account& account = (runs ? running : accounts_)[job.user_id];
    if (!runs) account = faded(account, now_s);
    account.ran_s += ran;
    // Only a job that completed has shown that it needed less than predicted: one that runs has not yet, and
    // one that was cancelled or failed at once would buy trust for nothing.
    account.claimed_s += state == JobState::completed ? claimed : std::min(claimed, ran);
  }
  ended_ = std::move(ended);
  std::erase_if(accounts_, [now_s](const auto& entry) {
    const Account account = faded(entry.second, now_s);
    return account.ran_s < 1 && account.claimed_s < 1;
  });
  if (accounts_.size() > kMaxUsers) accounts_.clear();  // more users than any site has: begin anew
  return factors(running, now_s);
}

UserOverruns OverrunWatch::factors(const Accounts& running, UnixSeconds now_s) const {
  std::set<UserId> users;
  for (const auto* accounts : {&running, &accounts_})
    for (const auto& [uid, account] : *accounts) users.insert(uid);
  std::vector<std::pair<UserId, float>> factors;
  for (const UserId uid : users) {
    const auto kept = accounts_.find(uid), now = running.find(uid);
    Account sum = kept != accounts_.end() ? faded(kept->second, now_s) : Account{};
    if (now != running.end()) {
      sum.ran_s += now->second.ran_s;
      sum.claimed_s += now->second.claimed_s;
    }
    const double factor = (sum.ran_s + kOverrunPrior_s) / (sum.claimed_s + kOverrunPrior_s);
    if (factor > 1) factors.emplace_back(uid, static_cast<float>(factor));
  }
  return UserOverruns(std::move(factors));
}

}  // namespace foreshape
