// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/trial_lever.h"

#include <algorithm>

#include "slurm-plugin/slurm/slurm_field.h"

namespace foreshape {
namespace {

// Of the tag, of marks, and of what is added to these.
constexpr std::size_t kMarksBytes = 384;

bool is_unsaid(const char* text) { return text == nullptr || text[0] == '\0'; }

bool is_plain(const job_desc_msg_t& job) {
  const char* const choices[] = {job.array_inx, job.clusters, job.dependency, job.burst_buffer,
                                 job.reservation};
  return std::ranges::all_of(choices, is_unsaid) && job.het_job_offset == NO_VAL;
}

bool says_when_to_end(const job_desc_msg_t& job) {
  const bool has_least = job.time_min != NO_VAL && job.time_min != 0;
  const bool has_signal = job.warn_time != 0 && job.warn_time != NO_VAL16;
  return has_least || has_signal || job.deadline != 0;
}

}  // namespace

bool minds_limit(std::string_view script) {
  constexpr std::string_view kAsks[] = {"SLURM_JOB_END_TIME", "scontrol", "squeue"};
  const auto has = [script](std::string_view word) { return script.find(word) != std::string_view::npos; };
  return script.size() >= kMaxScriptBytes || std::ranges::any_of(kAsks, has);
}

bool can_be_tried(const job_desc_msg_t& job, const SubmittedJob& submitted, const SiteFacts& facts,
                  std::uint32_t trial_min) {
  constexpr std::int64_t kTrials = 3;
  if (submitted.opted_out || job.script == nullptr) return false;
  if (!may_be_requeued(job, facts.requeues_by_default) || !is_plain(job) || says_when_to_end(job))
    return false;
  if (submitted.request.limit_s.value_or(0) < kTrials * 60 * trial_min) return false;
  if (bounded(job.admin_comment).size() + kMarksBytes >= kMaxTextBytes) return false;
  return !minds_limit(bounded(job.script, kMaxScriptBytes));
}

}  // namespace foreshape
