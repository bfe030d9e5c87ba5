#include "slurm-plugin/outcome_watch.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "slurm-plugin/job_request.h"
#include "slurm-plugin/token.h"

namespace foreshape {
namespace {

std::string_view bounded(const char* text) {
  return text != nullptr ? std::string_view(text, strnlen(text, kMaxTextBytes)) : std::string_view();
}

void put_if_said(std::optional<std::uint32_t>& field, std::uint32_t value) {
  if (value != 0 && value != NO_VAL && value != INFINITE) field = value;
}

void put_if_named(TextHash& field, const char* text) {
  if (const auto hash = text_hash(bounded(text)); hash != 0) field = hash;
}

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

OutcomeEvent outcome_of(const slurm_job_info_t& job, const RequestMemory& requests) {
  const SubmissionToken token = tagged_token(bounded(job.admin_comment));
  const JobUsage used = used_by(job);
  return {.job_id = job.job_id,
          .token = token,
          .uid = job.user_id,
          .submit_s = job.submit_time,
          .start_s = used.start_s,
          .end_s = used.end_s,
          .state = used.state,
          .run_s = used.run_s,
          .asked = asked_by(job, requests.find(token))};
}

std::uint64_t key_of(JobId job, UnixSeconds end_s) {
  return std::uint64_t{job} << 32U | static_cast<std::uint32_t>(end_s);
}

}  // namespace

JobState job_state(std::uint32_t slurm_state) {
  switch (slurm_state & JOB_STATE_BASE) {
    case JOB_PENDING:
      return JobState::pending;
    case JOB_RUNNING:
    case JOB_SUSPENDED:
      return JobState::running;
    case JOB_COMPLETE:
      return JobState::completed;
    case JOB_CANCELLED:
      return JobState::cancelled;
    case JOB_FAILED:
      return JobState::failed;
    case JOB_TIMEOUT:
      return JobState::timeout;
    case JOB_NODE_FAIL:
      return JobState::node_fail;
    case JOB_PREEMPTED:
      return JobState::preempted;
    case JOB_BOOT_FAIL:
      return JobState::boot_fail;
    case JOB_DEADLINE:
      return JobState::deadline;
    case JOB_OOM:
      return JobState::out_of_memory;
    default:
      return JobState::unknown;
  }
}

JobRequest asked_by(const slurm_job_info_t& job, const std::optional<JobRequest>& remembered) {
  JobRequest asked = remembered.value_or(JobRequest{});
  asked.uid = job.user_id;
  asked.submit_s = job.submit_time;
  put_if_named(asked.account, job.account);
  put_if_named(asked.partition, job.partition);
  put_if_named(asked.qos, job.qos);
  put_if_named(asked.folder, job.work_dir);
  asked.name = folded_name_hash(bounded(job.name));
  put_if_said(asked.nodes, job.num_nodes);
  put_if_said(asked.cpus, job.num_cpus);
  put_if_said(asked.tasks, job.num_tasks);
  if (job.time_limit != 0 && job.time_limit != NO_VAL && job.time_limit != INFINITE)
    asked.limit_s = std::int64_t{job.time_limit} * 60;
  if (const auto memory = memory_per_node(job.pn_min_memory, asked.least_cpus(), asked.nodes.value_or(1)))
    asked.memory_per_node_bytes = memory;
  asked.interactive = job.batch_flag == 0;
  return asked;
}

std::optional<PastJob> past_job_of(const OutcomeEvent& outcome) {
  if (!outcome.asked) return std::nullopt;
  JobUsage used;
  used.start_s = outcome.start_s;
  used.end_s = outcome.end_s;
  used.run_s = outcome.run_s;
  used.state = outcome.state;
  return past_job(outcome.job_id, *outcome.asked, used);
}

void OutcomeWatch::know(const OutcomeEvent& outcome) {
  finished_.insert(key_of(outcome.job_id, outcome.end_s));
}

std::vector<OutcomeEvent> OutcomeWatch::newly_finished(const job_info_msg_t& jobs,
                                                       const RequestMemory& requests) {
  std::vector<OutcomeEvent> news;
  std::unordered_set<std::uint64_t> finished;
  for (std::uint32_t i = 0; i < jobs.record_count; ++i) {
    const slurm_job_info_t& job = jobs.job_array[i];
    if (!is_over(job)) continue;
    const std::uint64_t key = key_of(job.job_id, job.end_time);
    finished.insert(key);
    if (!finished_.contains(key)) news.push_back(outcome_of(job, requests));
  }
  finished_ = std::move(finished);
  return news;
}

}  // namespace foreshape
