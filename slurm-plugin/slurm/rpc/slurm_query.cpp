// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/rpc/slurm_query.h"

#include <utility>

#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

struct FreeConf {
  void operator()(slurm_conf_t* conf) const noexcept { free_loaded_conf(conf); }
};

/// Minutes as Slurm counts them; nullopt for "none" and "no end".
std::optional<std::int64_t> limit_s(std::uint32_t minutes) {
  if (minutes == 0 || minutes == NO_VAL || minutes == INFINITE) return std::nullopt;
  return std::int64_t{minutes} * 60;
}

PartitionFacts partition_facts(const partition_info_t& partition) {
  PartitionFacts facts;
  facts.name = partition.name != nullptr ? partition.name : "";
  facts.hash = text_hash(facts.name);
  facts.is_default = (partition.flags & PART_FLAG_DEFAULT) != 0;
  facts.default_limit_s = limit_s(partition.default_time);
  if (!facts.default_limit_s) facts.default_limit_s = limit_s(partition.max_time);
  const bool has_memory = partition.def_mem_per_cpu != NO_VAL64 && partition.def_mem_per_cpu != INFINITE64;
  facts.default_memory_mib = has_memory ? partition.def_mem_per_cpu : 0;
  facts.limits_memory_per_cpu = is_per_cpu(partition.max_mem_per_cpu);
  facts.job_factor = partition.priority_job_factor;
  return facts;
}

Result<std::vector<PartitionFacts>> all_partition_facts() {
  const auto loaded = load_partitions();
  if (!loaded) return tl::make_unexpected(loaded.error());
  const partition_info_msg_t& partitions = **loaded;
  constexpr std::size_t kMaxPartitions = 1000;  // walked for each submission
  std::vector<PartitionFacts> facts;
  for (std::uint32_t i = 0; i < partitions.record_count && i < kMaxPartitions; ++i)
    facts.push_back(partition_facts(partitions.partition_array[i]));
  return facts;
}

Result<void> count_nodes(SiteFacts& facts) {
  const auto loaded = load_nodes();
  if (!loaded) return tl::make_unexpected(loaded.error());
  const node_info_msg_t& nodes = **loaded;
  for (std::uint32_t i = 0; i < nodes.record_count; ++i) {
    if (nodes.node_array[i].name == nullptr) continue;  // deleted, its place not yet reused
    ++facts.nodes;
    facts.cpus += nodes.node_array[i].cpus;
  }
  return {};
}

}  // namespace

Result<JobList> changed_jobs(std::time_t since) {
  if (auto quiet = await_quiet_moment(); !quiet) return tl::make_unexpected(quiet.error());
  job_info_msg_t* raw = nullptr;
  const int answer = slurm_load_jobs(since, &raw, SHOW_ALL);
  if (answer == SLURM_SUCCESS) return JobList(raw);
  if (reason_of(answer) == SLURM_NO_CHANGE_IN_DATA) return JobList();
  return refusal("slurm_load_jobs", answer);
}

Result<SiteFacts> load_site_facts() {
  const auto conf = loaded<slurm_conf_t, FreeConf>("slurm_load_ctl_conf",
                                                   [](auto** out) { return slurm_load_ctl_conf(0, out); });
  if (!conf) return tl::make_unexpected(conf.error());
  SiteFacts facts = site_facts(**conf);
  facts.read_s = (*conf)->last_update;
  auto partitions = all_partition_facts();
  if (!partitions) return tl::make_unexpected(partitions.error());
  facts.partitions = std::move(*partitions);
  if (auto counted = count_nodes(facts); !counted) return tl::make_unexpected(counted.error());
  return facts;
}

}  // namespace foreshape
