// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/job_requeue.h"

#include "slurm-plugin/slurm/rpc/slurm_answer.h"

namespace foreshape {

Result<void> requeue_held(JobId job) {
  return told("slurm_requeue", [&] { return slurm_requeue(CallJobId{job}, JOB_REQUEUE_HOLD); });
}

}  // namespace foreshape
