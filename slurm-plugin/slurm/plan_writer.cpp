// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/plan_writer.h"

#include <algorithm>
#include <string>

#include "predictor/base/token_tag.h"
#include "predictor/base/trial_mark.h"
#include "slurm-plugin/slurm/shaped_job.h"
#include "slurm-plugin/slurm/slurm_abi.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/tres_text.h"

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

/// Behind what another plugin has written there, which stays. False: nobody would look for it there.
bool put_tag(std::string_view tag, job_desc_msg_t& job) {
  const std::string_view before = bounded(job.admin_comment);
  if (before.size() + tag.size() + 1 >= kMaxTextBytes) return false;
  if (before.empty())
    put_text(job.admin_comment, tag.data());
  else
    put_text(job.admin_comment, (std::string(before) + " " + tag.data()).c_str());
  return true;
}

/// Only downwards, and only with a mark that tells how to undo it. As much as requested: the mark alone.
void put_memory(SubmissionToken token, const MemoryMark& memory, job_desc_msg_t& job) {
  const bool is_as_marked = job.pn_min_memory == memory_field(memory.requested_mib, memory.cpus);
  if (!is_as_marked || memory.planned_mib > memory.requested_mib)
    return static_cast<void>(put_tag(token_tag(token).data(), job));
  if (put_tag(marked_tag(token, memory).data(), job))
    job.pn_min_memory = memory_field(memory.planned_mib, memory.cpus);
}

/// Behind the tag; without one, where another plugin's comment has left no room for it, nothing.
void put_trial(job_desc_msg_t& job) {
  const std::string comment = comment_with(bounded(job.admin_comment), TrialMark{.end = TrialEnd::possible});
  if (comment.size() < kMaxTextBytes) put_text(job.admin_comment, comment.c_str());
}

}  // namespace

bool leaves_placement_to_slurm(const job_desc_msg_t& job) {
  const char* const choices[] = {
      job.reservation,  job.req_nodes,     job.exc_nodes,       job.features,         job.clusters,
      job.tres_per_job, job.tres_per_node, job.tres_per_socket, job.cluster_features, job.burst_buffer};
  const bool is_held = job.priority == 0;
  return std::all_of(std::begin(choices), std::end(choices), is_empty) &&
         !names_gres(bounded(job.tres_per_task)) && job.begin_time == 0 && !is_held &&
         job.het_job_offset == NO_VAL;
}

void write_changes(const JobChanges& changes, job_desc_msg_t& job, char** err_msg) {
  if (changes.tag && changes.memory)
    put_memory(*changes.tag, *changes.memory, job);
  else if (changes.tag)
    put_tag(token_tag(*changes.tag).data(), job);
  if (changes.tag && changes.may_be_tried) put_trial(job);
  // slurmctld itself sets it to NO_VAL before it asks the plugins.
  if (changes.order_points && job.site_factor == NO_VAL)
    job.site_factor = site_factor_of(*changes.order_points);
  if (changes.advice && err_msg != nullptr && *err_msg == nullptr)
    *err_msg = slurm_xstrdup(("foreshape: " + std::string(changes.advice->view())).c_str());
}

void write_leaving(job_desc_msg_t& change) { put_text(change.reservation, ""); }

}  // namespace foreshape
