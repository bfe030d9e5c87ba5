// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/job_requeue.h"

#include <cstdint>
#include <ctime>
#include <memory>

#include "slurm-plugin/slurm/rpc/job_now.h"
#include "slurm-plugin/slurm/rpc/slurm_answer.h"

namespace foreshape {
namespace {

struct FreeAnswers {
  void operator()(job_array_resp_msg_t* answers) const noexcept { slurm_free_job_array_resp(answers); }
};

/// Slurm answers that all is well, and in the message what was not, task by task.
int refused(const job_array_resp_msg_t& answers) {
  for (std::uint32_t i = 0; i < answers.job_array_count; ++i)
    if (answers.error_code[i] != SLURM_SUCCESS) return static_cast<int>(answers.error_code[i]);
  return SLURM_SUCCESS;
}

}  // namespace

Result<void> requeue_held(std::string shown_id) {
  return told("slurm_requeue2", [&] {
    job_array_resp_msg_t* raw = nullptr;
    const int answer = slurm_requeue2(shown_id.data(), JOB_REQUEUE_HOLD, &raw);
    const std::unique_ptr<job_array_resp_msg_t, FreeAnswers> answers(raw);
    return answer == SLURM_SUCCESS && answers ? refused(*answers) : answer;
  });
}

Result<void> requeue_held_from(JobId job, JobState had_state) {
  const auto jobs = job_now(job, had_state);
  if (!jobs) return tl::make_unexpected(jobs.error());
  if (((*jobs)->job_array[0].job_state & JOB_COMPLETING) != 0)
    return failure(ErrorCode::not_found, "it is about to end");
  return requeue_held(std::to_string(job));
}

void let_start_at_once(job_desc_msg_t& message) {
  message.begin_time = std::time(nullptr);
  message.priority = INFINITE;  // Slurm finds it anew, as scontrol release has it
}

}  // namespace foreshape
