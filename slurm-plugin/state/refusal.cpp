// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/refusal.h"

#include <algorithm>
#include <cstdint>

#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

/// By what the change names its job. Tasks of arrays and parts of het jobs never come into a hold, but "5+0"
/// names job 5 too. Of a number and a SLUID beside each other only Slurm knows which counts.
std::vector<JobKey> changed_job(const job_desc_msg_t& change) {
  std::vector<JobKey> keys;
  if (change.job_id_str != nullptr && change.job_id_str[0] != '\0') {
    if (const auto key = named_job(change.job_id_str)) keys.push_back(*key);
    return keys;
  }
  if (job_id_of(change) != NO_VAL) keys.push_back(job_id_of(change));
  if (sluid_of(change) != 0) keys.push_back(sluid_of(change));
  return keys;
}

/// Something by which its place in the hold was found, or by which it could need another one.
bool changes_size(const job_desc_msg_t& change) {
  const std::uint32_t counts[] = {change.min_nodes,       change.max_nodes, change.min_cpus,
                                  change.max_cpus,        change.num_tasks, change.time_limit,
                                  change.pn_min_tmp_disk, change.req_switch};
  const std::uint16_t per_node[] = {
      change.cpus_per_task,    change.ntasks_per_node,  change.ntasks_per_socket, change.ntasks_per_core,
      change.ntasks_per_tres,  change.shared,           change.pn_min_cpus,       change.sockets_per_node,
      change.cores_per_socket, change.threads_per_core, change.contiguous,        change.core_spec,
      change.plane_size};
  const char* const texts[] = {change.req_nodes,     change.exc_nodes,        change.partition,
                               change.features,      change.cluster_features, change.batch_features,
                               change.tres_per_job,  change.tres_per_node,    change.tres_per_socket,
                               change.tres_per_task, change.cpus_per_tres,    change.mem_per_tres,
                               change.licenses,      change.burst_buffer};
  return std::ranges::any_of(counts, [](std::uint32_t value) { return value != NO_VAL; }) ||
         std::ranges::any_of(per_node, [](std::uint16_t value) { return value != NO_VAL16; }) ||
         std::ranges::any_of(texts, [](const char* text) { return text != nullptr; }) ||
         change.pn_min_memory != NO_VAL64;
}

}  // namespace

std::vector<JobKey> placed_anew(const job_desc_msg_t& change) {
  const std::uint32_t counts[] = {change.min_nodes, change.max_nodes, change.min_cpus,
                                  change.max_cpus,  change.num_tasks, change.time_limit};
  const char* const texts[] = {change.name, change.partition, change.account, change.qos};
  const bool is_about_it = std::ranges::any_of(counts, [](std::uint32_t value) { return value != NO_VAL; }) ||
                           std::ranges::any_of(texts, [](const char* text) { return text != nullptr; }) ||
                           change.cpus_per_task != NO_VAL16 || change.ntasks_per_node != NO_VAL16;
  return is_about_it ? changed_job(change) : std::vector<JobKey>();
}

const char* refusal_of(const job_desc_msg_t& job) {
  if (job.reservation != nullptr && names_a_hold(job.reservation))
    return "foreshape: reservations named foreshape_* are entered through Foreshape alone: leave "
           "--reservation away, a job that fits is put in by itself";
  return nullptr;
}

bool loses_its_place(const job_desc_msg_t& change, const HoldAdmission& admission) {
  if (change.reservation != nullptr || !changes_size(change)) return false;
  return std::ranges::any_of(changed_job(change), [&](JobKey key) { return admission.is_on_its_way(key); });
}

}  // namespace foreshape
