// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/record_state.h"

#include <slurm/slurm.h>

namespace foreshape {

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

}  // namespace foreshape
