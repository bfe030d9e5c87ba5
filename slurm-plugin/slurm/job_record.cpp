// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/job_record.h"

#include "slurm-plugin/slurm/job_request.h"
#include "slurm-plugin/slurm/shaped_job.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_release.h"
#include "slurm-plugin/slurm/trial_job.h"

namespace foreshape {
namespace {

void put_if_set(std::optional<std::uint32_t>& field, std::uint32_t value) {
  if (const auto set = if_set(value)) field = set;
}

void put_if_named(TextHash& field, const char* text) {
  if (const auto hash = text_hash(bounded(text)); hash != 0) field = hash;
}

}  // namespace

std::string shown_id(const slurm_job_info_t& job) {
  if (job.array_job_id == 0 || job.array_task_id == NO_VAL) return std::to_string(job_id_of(job));
  return std::to_string(job.array_job_id) + "_" + std::to_string(job.array_task_id);
}

JobRequest requested_by(const slurm_job_info_t& job, const std::optional<JobRequest>& remembered) {
  JobRequest requested = remembered.value_or(JobRequest{});
  requested.uid = job.user_id;
  requested.submit_s = job.submit_time;
  put_if_named(requested.account, job.account);
  put_if_named(requested.partition, job.partition);
  put_if_named(requested.qos, job.qos);
  put_if_named(requested.work_dir, job.work_dir);
  requested.name = folded_name_hash(bounded(job.name));
  put_if_set(requested.nodes, job.num_nodes);
  put_if_set(requested.cpus, job.num_cpus);
  put_if_set(requested.tasks, job.num_tasks);
  if (const auto minutes = if_set(job.time_limit)) requested.limit_s = std::int64_t{*minutes} * 60;
  if (const auto trial = trial_of(job); trial && has_trial_limit(job, *trial))
    requested.limit_s = std::int64_t{trial->limit_min} * 60;
  if (const auto memory =
          memory_per_node(job.pn_min_memory, requested.least_cpus(), requested.nodes.value_or(1)))
    requested.memory_per_node_bytes = memory;
  constexpr std::int64_t kMiB = 1 << 20;
  if (const auto mark = marked_memory(job)) requested.memory_per_node_bytes = mark->requested_mib * kMiB;
  requested.interactive = job.batch_flag == 0;
  return requested;
}

}  // namespace foreshape
