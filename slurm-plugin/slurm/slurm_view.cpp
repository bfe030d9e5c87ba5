// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/slurm_view.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "predictor/base/token_tag.h"
#include "slurm-plugin/slurm/job_record.h"
#include "slurm-plugin/slurm/job_request.h"
#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

constexpr std::uint32_t kUnusableFlags =
    NODE_STATE_DRAIN | NODE_STATE_NO_RESPOND | NODE_STATE_POWERED_DOWN | NODE_STATE_FAIL |
    NODE_STATE_POWERING_UP | NODE_STATE_MAINT | NODE_STATE_REBOOT_REQUESTED | NODE_STATE_POWERING_DOWN |
    NODE_STATE_REBOOT_ISSUED | NODE_STATE_INVALID_REG | NODE_STATE_POWER_DOWN | NODE_STATE_POWER_DRAIN |
    unusable_in_newer_releases();

std::string text(const char* value) { return value != nullptr ? value : ""; }
std::string_view text_view(const char* value) { return value != nullptr ? value : ""; }
bool is_empty(const char* value) { return value == nullptr || value[0] == '\0'; }

/// Slurm's pairs "first, last, first, last, ..., -1" into its node table.
template <class Visit>
void for_each_index(const int32_t* pairs, std::size_t nodes, Visit visit) {
  for (; pairs != nullptr && pairs[0] >= 0 && pairs[1] >= pairs[0]; pairs += 2)
    for (auto i = static_cast<std::size_t>(pairs[0]); i <= static_cast<std::size_t>(pairs[1]) && i < nodes;
         ++i)
      visit(i);
}

std::vector<std::string> names_at(const int32_t* pairs, const std::vector<PoolNode>& nodes) {
  std::vector<std::string> names;
  for_each_index(pairs, nodes.size(), [&](std::size_t i) { names.push_back(nodes[i].name); });
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const auto comma = list.find(',');
    words.emplace_back(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return words;
}

PoolNode seen_node(const node_info_t& node, UnixSeconds now_s) {
  const std::uint32_t base = node.node_state & NODE_STATE_BASE;
  const bool is_up = base == NODE_STATE_IDLE || base == NODE_STATE_ALLOCATED || base == NODE_STATE_MIXED;
  PoolNode seen;
  seen.name = text(node.name);
  seen.usable = !seen.name.empty() && is_up && (node.node_state & kUnusableFlags) == 0;
  seen.is_free = base == NODE_STATE_IDLE && (node.node_state & NODE_STATE_COMPLETING) == 0;
  // "No longer than since now" where Slurm does not say.
  seen.since_s = node.last_busy > 0 && node.last_busy <= now_s ? node.last_busy : now_s;
  seen.cpus = node.cpus_efctv > 0 ? node.cpus_efctv : node.cpus;
  seen.features = split(text(node.features_act));
  seen.has_gres = !is_empty(node.gres);
  seen.memory_bytes = static_cast<std::int64_t>(std::min<std::uint64_t>(node.real_memory, UINT32_MAX)) << 20;
  return seen;
}

/// It could start now if there were room; the reasons are Slurm's own.
bool waits_for_resources(const slurm_job_info_t& job) {
  if ((job.job_state & JOB_STATE_BASE) != JOB_PENDING || job.priority == 0) return false;
  switch (job.state_reason) {
    case WAIT_RESOURCES:
    case WAIT_PRIORITY:
    case WAIT_NODE_NOT_AVAIL:  // all that it could have are reserved, or down
    case WAIT_RESERVATION:
      return true;
    case WAIT_NO_REASON:
      return is_empty(job.dependency) && job.eligible_time <= job.submit_time;
    default:
      return false;
  }
}

/// Nothing in it that the pool could contradict, once it depends on nobody: see leaves_placement_to_slurm() for
/// descriptors.
bool leaves_its_place_open(const slurm_job_info_t& job) {
  const char* const choices[] = {job.req_nodes,     job.exc_nodes,        job.features,
                                 job.tres_per_job,  job.tres_per_node,    job.tres_per_socket,
                                 job.tres_per_task, job.cluster_features, job.burst_buffer,
                                 job.licenses,      job.array_task_str};
  // "-N 1-100" takes all that is free; a hold has room for what is needed at least.
  const bool may_widen = job.max_nodes > std::max(job.num_nodes, 1U) || (job.bitflags & SPREAD_JOB) != 0;
  const std::uint64_t per_node = job.ntasks_per_node;
  const bool is_spread = per_node != 0 && per_node != NO_VAL16 && per_node != INFINITE16 &&
                         job.num_tasks != NO_VAL && job.num_tasks > per_node * std::max(job.num_nodes, 1U);
  return std::all_of(std::begin(choices), std::end(choices), is_empty) && job.het_job_id == 0 && !may_widen &&
         !is_spread && !says_off(bounded(job.comment));
}

struct Awaited {
  JobId job = 0;
  bool success = false;
};

/// "afterok:120(unfulfilled)": the end of one job, and of no array; what stands in brackets may be missing.
Awaited awaited_end(const slurm_job_info_t& job) {
  if (job.state_reason != WAIT_DEPENDENCY || job.priority == 0) return {};
  std::string_view rest = text_view(job.dependency);
  Awaited awaited;
  for (const auto& [type, success] : {std::pair{"afterany:", false}, std::pair{"afterok:", true}}) {
    if (!rest.starts_with(type)) continue;
    rest.remove_prefix(std::string_view(type).size());
    awaited.success = success;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), awaited.job);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (error == std::errc{} && (rest.empty() || rest == "(unfulfilled)")) return awaited;
    return {};
  }
  return {};
}

/// Slurm lists the cores only once a job was tried against them: until then the count tells.
bool is_of_some_cores(const reserve_info_t& reservation, const node_info_msg_t& nodes) {
  std::uint64_t cores = 0;
  for_each_index(reservation.node_inx, nodes.record_count, [&](std::size_t n) {
    cores += std::uint64_t{nodes.node_array[n].sockets} * nodes.node_array[n].cores;
  });
  return reservation.core_spec_cnt > 0 || (reservation.core_cnt > 0 && reservation.core_cnt < cores);
}

SeenJob seen_job(const slurm_job_info_t& job, const std::vector<PoolNode>& nodes,
                 const RequestMemory& requests) {
  SeenJob seen;
  seen.id = job_id_of(job);
  seen.sluid = sluid_of(job);
  seen.state = job_state(job.job_state);
  seen.uid = job.user_id;
  seen.requested = requested_by(job, requests.find(tagged_token(text(job.admin_comment))));
  seen.partitions = split(text(job.partition));
  if (seen.state != JobState::pending) {
    seen.nodes = names_at(job.node_inx, nodes);
    seen.given_cpus = job.num_cpus;
  } else {
    seen.required_nodes = names_at(job.req_node_inx, nodes);
    seen.excluded_nodes = names_at(job.exc_node_inx, nodes);
    seen.features = text(job.features);
    const char* const gres[] = {job.tres_per_job, job.tres_per_node, job.tres_per_socket};
    seen.wants_gres = !std::all_of(std::begin(gres), std::end(gres), is_empty);
  }
  seen.reservation = text(job.resv_name);
  seen.submit_s = job.submit_time;
  // A waiting job's are when Slurm plans to start it.
  if (seen.state != JobState::pending) {
    seen.start_s = job.start_time;
    seen.end_s = job.end_time;
  }
  seen.priority = job.priority;
  seen.waits_for_resources = waits_for_resources(job);
  const bool is_open = leaves_its_place_open(job);
  seen.is_placeable = is_open && is_empty(job.dependency);
  const Awaited awaited = is_open ? awaited_end(job) : Awaited{};
  seen.waits_for_end_of = awaited.job;
  seen.waits_for_success = awaited.success;
  return seen;
}

}  // namespace

std::vector<PoolNode> seen_nodes(const node_info_msg_t& nodes, const partition_info_msg_t& partitions,
                                 UnixSeconds now_s) {
  std::vector<PoolNode> seen;
  seen.reserve(nodes.record_count);
  for (std::uint32_t i = 0; i < nodes.record_count; ++i)
    seen.push_back(seen_node(nodes.node_array[i], now_s));
  for (std::uint32_t i = 0; i < partitions.record_count; ++i) {
    const partition_info_t& partition = partitions.partition_array[i];
    if (partition.state_up != PARTITION_UP || (partition.flags & PART_FLAG_ROOT_ONLY) != 0) continue;
    for_each_index(partition.node_inx, seen.size(),
                   [&](std::size_t n) { seen[n].partitions.push_back(text(partition.name)); });
  }
  return seen;
}

std::vector<SeenJob> seen_jobs(const job_info_msg_t& jobs, const std::vector<PoolNode>& nodes,
                               const RequestMemory& requests) {
  std::vector<SeenJob> seen;
  seen.reserve(jobs.record_count);
  for (std::uint32_t i = 0; i < jobs.record_count; ++i)
    seen.push_back(seen_job(jobs.job_array[i], nodes, requests));
  return seen;
}

std::vector<SeenReservation> seen_reservations(const reserve_info_msg_t& reservations,
                                               const node_info_msg_t& nodes,
                                               const std::vector<PoolNode>& seen) {
  std::vector<SeenReservation> all;
  for (std::uint32_t i = 0; i < reservations.record_count; ++i) {
    const reserve_info_t& reservation = reservations.reservation_array[i];
    SeenReservation one;
    one.name = text(reservation.name);
    one.nodes = names_at(reservation.node_inx, seen);
    one.start_s = reservation.start_time;
    one.ends_s = reservation.end_time;
    one.is_open_to_flex = kFlexEntersCores && is_of_some_cores(reservation, nodes);
    all.push_back(std::move(one));
  }
  return all;
}

std::string joined(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  return list;
}

}  // namespace foreshape
