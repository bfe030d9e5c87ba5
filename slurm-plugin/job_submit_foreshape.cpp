// SPDX-License-Identifier: GPL-2.0-or-later
// The plugin job_submit/foreshape: Slurm's entry points and nothing else.

#include <cstdint>
#include <slurm/slurm_errno.h>

#include "slurm-plugin/base/export.h"
#include "slurm-plugin/linked_runtime.h"
#include "slurm-plugin/running_slurm.h"
#include "slurm-plugin/slurm/slurm_abi.h"
#include "slurm-plugin/slurm/slurm_release.h"

extern "C" {

struct job_record;  // slurmctld's own; never looked into

// extern: a const at namespace scope would otherwise be invisible to Slurm.
FORESHAPE_EXPORT extern const char plugin_name[] = "foreshape: job shapes predicted at submission";
FORESHAPE_EXPORT extern const char plugin_type[] = "job_submit/foreshape";
FORESHAPE_EXPORT std::uint32_t plugin_version = FORESHAPE_BUILT_FOR;

/// Before Slurm reads it.
[[gnu::constructor]] static void show_version() { plugin_version = foreshape::version_to_show(); }

FORESHAPE_EXPORT int init() {
  if (const auto* runtime = foreshape::linked_runtime()) runtime->start();
  return SLURM_SUCCESS;
}

FORESHAPE_EXPORT int fini() {
  if (const auto* runtime = foreshape::linked_runtime()) runtime->stop();
  return SLURM_SUCCESS;
}

FORESHAPE_EXPORT int job_submit(job_desc_msg_t* job, std::uint32_t submit_uid, char** err_msg) {
  const auto* runtime = foreshape::linked_runtime();
  if (runtime == nullptr) return SLURM_SUCCESS;
  if (runtime->refuses(job, submit_uid, err_msg)) return ESLURM_RESERVATION_ACCESS;
  runtime->submit(job, submit_uid, err_msg);
  return SLURM_SUCCESS;
}

FORESHAPE_EXPORT int job_modify(job_desc_msg_t* change, job_record* /*job*/,
                                std::uint32_t submit_uid FORESHAPE_JOB_MODIFY_ERR_MSG) {
  // Where there is none the parameters may be another release's: none of them is looked at.
  const auto* runtime = foreshape::linked_runtime();
  if (runtime == nullptr) return SLURM_SUCCESS;
  if (runtime->refuses(change, submit_uid, FORESHAPE_JOB_MODIFY_ANSWER)) return ESLURM_RESERVATION_ACCESS;
  runtime->modify(change);
  return SLURM_SUCCESS;
}
}
