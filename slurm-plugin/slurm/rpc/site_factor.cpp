// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/site_factor.h"

#include "slurm-plugin/slurm/rpc/slurm_answer.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {

Result<void> set_site_factor(JobId job, std::int32_t points) {
  job_desc_msg_t message;
  slurm_init_job_desc_msg(&message);
  job_id_of(message) = job;
  message.site_factor = site_factor_of(points);
  return told("slurm_update_job", [&] { return slurm_update_job(&message); });
}

}  // namespace foreshape
