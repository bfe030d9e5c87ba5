// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/outcome_watch.h"

#include <algorithm>
#include <utility>

#include "predictor/base/token_tag.h"
#include "slurm-plugin/slurm/job_record.h"
#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/shaped_job.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

bool is_over(const slurm_job_info_t& job) {
  const auto base = job.job_state & JOB_STATE_BASE;
  return base >= JOB_COMPLETE && base < JOB_END && job.end_time > 0;
}

JobUsage used_by(const slurm_job_info_t& job) {
  JobUsage used;
  used.state = job_state(job.job_state);
  used.end_s = job.end_time;
  // A job that was cancelled while it waited has a start time that was never reached, or none.
  if (job.start_time <= 0 || job.start_time > job.end_time) return used;
  used.start_s = job.start_time;
  used.run_s = used.end_s - used.start_s;
  if (job.suspend_time > 0 && job.pre_sus_time > 0)
    used.run_s = std::min<std::int64_t>(used.run_s, job.pre_sus_time + (job.end_time - job.suspend_time));
  return used;
}

OutcomeEvent outcome_of(const slurm_job_info_t& job, SubmissionToken token, const RequestMemory& requests) {
  JobUsage used = used_by(job);
  // FAILED, says Slurm of some; but it had less memory than requested, and that is what the next one learns.
  if (shaped_memory(job) && looks_killed_for_memory(job)) used.state = JobState::out_of_memory;
  return {.job_id = job_id_of(job),
          .token = token,
          .uid = job.user_id,
          .submit_s = job.submit_time,
          .start_s = used.start_s,
          .end_s = used.end_s,
          .state = used.state,
          .run_s = used.run_s,
          .requested = requested_by(job, requests.find(token))};
}

/// The id that sbatch printed: all tasks of an array have one token.
JobId submitted_id(const slurm_job_info_t& job) {
  return job.array_job_id != 0 ? job.array_job_id : job_id_of(job);
}

}  // namespace

std::optional<PastJob> past_job_of(const OutcomeEvent& outcome) {
  if (!outcome.requested) return std::nullopt;
  JobUsage used;
  used.start_s = outcome.start_s;
  used.end_s = outcome.end_s;
  used.run_s = outcome.run_s;
  used.state = outcome.state;
  return past_job(outcome.job_id, *outcome.requested, used);
}

void OutcomeWatch::identify(const job_info_msg_t& jobs, RecentSubmissions& recent, UnixSeconds started_s) {
  std::unordered_map<JobId, SubmissionToken> tokens;
  for (const bool tagged : {true, false})  // first those that say it, so that nobody else gets their tokens
    for (std::uint32_t i = 0; i < jobs.record_count; ++i) {
      const slurm_job_info_t& job = jobs.job_array[i];
      const SubmissionToken told = tagged_token(bounded(job.admin_comment));
      if ((told != 0) != tagged || tokens.contains(submitted_id(job))) continue;
      const auto before = tokens_.find(submitted_id(job));
      SubmissionToken token = told;
      if (before != tokens_.end() && (before->second != 0 || told == 0))
        token = before->second;
      else if (told != 0)
        recent.forget(told);
      else if (job.submit_time >= started_s)
        token = recent.take(job.user_id, folded_name_hash(bounded(job.name)), job.submit_time);
      // 0 too: a submission is remembered before its job can be seen, so one look is enough.
      tokens.emplace(submitted_id(job), token);
    }
  tokens_ = std::move(tokens);
  started_s_ = started_s;
}

std::vector<SubmissionToken> OutcomeWatch::tokens() const {
  std::vector<SubmissionToken> tokens;
  for (const auto& [job, token] : tokens_) tokens.push_back(token);
  std::ranges::sort(tokens);
  return tokens;
}

SubmissionToken OutcomeWatch::token_of(const slurm_job_info_t& job) const {
  const auto known = tokens_.find(submitted_id(job));
  return known != tokens_.end() ? known->second : tagged_token(bounded(job.admin_comment));
}

void OutcomeWatch::know(const OutcomeEvent& outcome) {
  finished_.insert(run_key(outcome.job_id, outcome.end_s));
}

std::vector<OutcomeEvent> OutcomeWatch::newly_finished(const job_info_msg_t& jobs,
                                                       const RequestMemory& requests) {
  std::vector<OutcomeEvent> news;
  std::unordered_set<std::uint64_t> finished;
  for (std::uint32_t i = 0; i < jobs.record_count; ++i) {
    const slurm_job_info_t& job = jobs.job_array[i];
    if (!is_over(job)) continue;
    const std::uint64_t key = run_key(job_id_of(job), job.end_time);
    finished.insert(key);
    if (finished_.contains(key)) continue;
    const SubmissionToken token = token_of(job);
    if (token == 0 && job.submit_time > started_s_ && submitted_id(job) == job_id_of(job)) ++unmatched_;
    news.push_back(outcome_of(job, token, requests));
  }
  finished_ = std::move(finished);
  return news;
}

}  // namespace foreshape
