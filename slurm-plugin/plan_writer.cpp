#include "slurm-plugin/plan_writer.h"

#include <algorithm>
#include <string>

#include "slurm-plugin/slurm_abi.h"
#include "slurm-plugin/token.h"

namespace foreshape {
namespace {

bool is_empty(const char* text) { return text == nullptr || text[0] == '\0'; }

/// Replaces an empty string of the descriptor, which may be "" on Slurm's heap.
void put_text(char*& field, const char* text) {
  if (field != nullptr) {
    void* old = field;
    slurm_xfree(&old);
  }
  field = slurm_xstrdup(text);
}

}  // namespace

bool leaves_placement_to_slurm(const job_desc_msg_t& job) {
  const char* const choices[] = {job.reservation,      job.req_nodes,       job.exc_nodes,
                                 job.features,         job.clusters,        job.tres_per_job,
                                 job.tres_per_node,    job.tres_per_socket, job.tres_per_task,
                                 job.cluster_features, job.burst_buffer};
  const bool is_held = job.priority == 0;
  return std::all_of(std::begin(choices), std::end(choices), is_empty) && job.begin_time == 0 && !is_held &&
         job.het_job_offset == NO_VAL;
}

void write_changes(const JobChanges& changes, job_desc_msg_t& job, char** err_msg) {
  if (changes.tag && is_empty(job.admin_comment)) put_text(job.admin_comment, token_tag(*changes.tag).data());
  // slurmctld itself sets it to NO_VAL before it asks the plugins.
  if (changes.order_points && job.site_factor == NO_VAL)
    job.site_factor = NICE_OFFSET + *changes.order_points;
  if (!changes.reservation.empty() && is_empty(job.reservation))
    put_text(job.reservation, std::string(changes.reservation.view()).c_str());
  if (changes.advice && err_msg != nullptr && *err_msg == nullptr)
    *err_msg = slurm_xstrdup(("foreshape: " + std::string(changes.advice->view())).c_str());
}

}  // namespace foreshape
