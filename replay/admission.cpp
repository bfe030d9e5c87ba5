// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/admission.h"

#include <algorithm>

namespace foreshape {
namespace {

std::int64_t divided_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// Processors: those requested, else those allocated.
std::int64_t procs_of(const JobRecord& record) {
  const std::int64_t requested = record.request.cpus.value_or(0);
  return requested > 0 ? requested : record.allocated_cpus;
}

}  // namespace

std::int64_t Admission::limit_of(const JobRecord& record) const {
  const std::int64_t requested = record.request.limit_s.value_or(0);
  return requested > 0 ? requested : options_.default_limit_s;
}

const char* Admission::objection(const JobRecord& record, std::int64_t procs, std::int64_t machine) const {
  const JobRequest& requested = record.request;
  if (options_.from_s != 0 && requested.submit_s < options_.from_s) return "before --starttime";
  if (options_.to_s != 0 && requested.submit_s >= options_.to_s) return "at or after --endtime";
  if (procs <= 0) return "no processors";
  const std::int64_t most =
      options_.sharing == Sharing::pool ? std::max<std::int64_t>(procs, record.allocated_cpus) : procs;
  if (most > machine) return "more processors than the machine has";
  const JobState state = record.usage.state;
  if (state == JobState::pending || state == JobState::running) return "not ended yet";
  if (record.usage.run_s <= 0) return "no run time";
  if (limit_of(record) <= 0) return kNoRequestedTime;
  return nullptr;
}

void Admission::offer(const JobRecord& record, std::int64_t machine, std::int64_t cores_per_node) {
  ++report.rows;
  const std::int64_t procs = procs_of(record);
  if (const char* reason = objection(record, procs, machine)) return drop(reason);
  if (options_.sharing == Sharing::pool) return take(record, procs, {});
  auto demand = demand_of(record, procs, cores_per_node);
  if (demand && options_.sharing == Sharing::whole_nodes) demand = whole_nodes_of(*demand);
  if (!demand) return drop("does not fit on the nodes");
  take(record, demand->cores, *demand);
}

LoadedWorkload Admission::workload(std::string trace, std::int64_t machine) && {
  LoadedWorkload loaded;
  Workload& load = loaded.workload;
  load.trace = std::move(trace);
  load.jobs = std::move(jobs);
  load.users = users();
  load.user_names = std::move(user_names);
  load.procs =
      options_.sharing == Sharing::whole_nodes ? options_.cluster.nodes : static_cast<std::int32_t>(machine);
  if (options_.sharing == Sharing::shared) load.cluster = options_.cluster;
  sort_by_submission(load.jobs);
  loaded.report = std::move(report);
  return loaded;
}

std::optional<NodeDemand> Admission::demand_of(const JobRecord& record, std::int64_t procs,
                                               std::int64_t cores_per_node) const {
  const Cluster& cluster = options_.cluster;
  NodeDemand demand;
  demand.cores = static_cast<std::int32_t>(procs);
  // Slurm's accounting says one node where the user said nothing: only what can be true binds.
  const std::int64_t requested = record.request.nodes.value_or(0);
  if (requested > 0 && requested <= cluster.nodes && requested * cluster.cores_per_node >= procs)
    demand.nodes = static_cast<std::int32_t>(std::min(requested, procs));
  const std::int64_t memory = record.request.memory_per_node_bytes.value_or(0);
  if (memory > 0 && cluster.memory_per_node > 0) {
    const std::int64_t nodes = requested > 0 ? requested : std::int64_t{record.allocated_nodes};
    const std::int64_t on_one = nodes > 0 ? divided_up(procs, nodes) : std::min(procs, cores_per_node);
    demand.memory_per_core = divided_up(memory, on_one);
  }
  if (options_.sharing == Sharing::shared && !empty_.fits(demand)) return std::nullopt;
  return demand;
}

std::optional<NodeDemand> Admission::whole_nodes_of(const NodeDemand& demand) const {
  const Cluster& cluster = options_.cluster;
  std::int64_t nodes = std::max<std::int64_t>(demand.nodes, divided_up(demand.cores, cluster.cores_per_node));
  if (demand.memory_per_core > 0) {
    const std::int64_t cores_with_memory = cluster.memory_per_node / demand.memory_per_core;
    if (cores_with_memory == 0) return std::nullopt;
    nodes = std::max(nodes, divided_up(demand.cores, cores_with_memory));
  }
  if (nodes > cluster.nodes) return std::nullopt;
  return NodeDemand{static_cast<std::int32_t>(nodes), 0, 0};
}

void Admission::take(const JobRecord& record, std::int64_t procs, const NodeDemand& demand) {
  ReplayJob job;
  job.submit_s = record.request.submit_s;
  job.limit_s = limit_of(record);
  job.run_s = std::min(record.usage.run_s, job.limit_s);
  if (record.usage.run_s > job.limit_s) ++report.capped_runs;
  job.procs = static_cast<std::int32_t>(procs);
  job.demand = demand;
  const auto [user, is_new] =
      users_.try_emplace(record.request.uid, static_cast<std::uint32_t>(users_.size()));
  if (is_new) user_names.push_back(record.user);
  job.user = user->second;
  job.id = record.job_id;
  job.request = record.request;
  job.request.cpus = static_cast<std::uint32_t>(procs_of(record));
  job.request.limit_s = job.limit_s;
  job.state = record.usage.state;
  jobs.push_back(job);
}

void Admission::drop(const char* reason) {
  for (DroppedJobs& d : report.dropped) {
    if (d.reason != reason) continue;
    ++d.jobs;
    return;
  }
  report.dropped.push_back({reason, 1});
}

}  // namespace foreshape
