// The plugin job_submit/foreshape: Slurm's entry points and nothing else.

#include <cstdint>

#include "slurm-plugin/export.h"
#include "slurm-plugin/runtime_api.h"
#include "slurm-plugin/slurm_abi.h"
#include "slurm-plugin/slurm_release.h"

extern "C" {

struct job_record;  // slurmctld's own; never looked into

// extern: a const at namespace scope would otherwise be invisible to Slurm.
FORESHAPE_EXPORT extern const char plugin_name[] = "foreshape: job shapes predicted at submission";
FORESHAPE_EXPORT extern const char plugin_type[] = "job_submit/foreshape";
FORESHAPE_EXPORT extern const std::uint32_t plugin_version = SLURM_VERSION_NUMBER;

FORESHAPE_EXPORT int init() {
  foreshape_start();
  return SLURM_SUCCESS;
}

FORESHAPE_EXPORT int fini() {
  foreshape_stop();
  return SLURM_SUCCESS;
}

FORESHAPE_EXPORT int job_submit(job_desc_msg_t* job, std::uint32_t submit_uid, char** err_msg) {
  foreshape_submit(job, submit_uid, err_msg);
  return SLURM_SUCCESS;
}

FORESHAPE_EXPORT int job_modify(job_desc_msg_t* /*change*/, job_record* /*job*/,
                                std::uint32_t /*submit_uid*/ FORESHAPE_JOB_MODIFY_ERR_MSG) {
  foreshape_modify();
  return SLURM_SUCCESS;
}
}
