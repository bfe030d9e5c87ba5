#include "slurm-plugin/slurm_query.h"

#include <slurm/slurm_errno.h>
#include <string>

#include "slurm-plugin/slurm_release.h"

namespace foreshape {
namespace {

struct FreeConf {
  void operator()(slurm_conf_t* conf) const noexcept { slurm_free_ctl_conf(conf); }
};
struct FreePartitions {
  void operator()(partition_info_msg_t* partitions) const noexcept {
    slurm_free_partition_info_msg(partitions);
  }
};
struct FreeNodes {
  void operator()(node_info_msg_t* nodes) const noexcept { slurm_free_node_info_msg(nodes); }
};

/// Older releases answer -1 and set errno, newer ones answer the reason itself.
int reason_of(int answer) { return answer == SLURM_ERROR ? last_slurm_error() : answer; }

tl::unexpected<Error> no_answer(const char* question, int answer) {
  return failure(ErrorCode::unavailable, std::string(question) + ": " + slurm_strerror(reason_of(answer)));
}

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
  return facts;
}

Result<std::vector<PartitionFacts>> load_partitions() {
  partition_info_msg_t* raw = nullptr;
  if (const int answer = slurm_load_partitions(0, &raw, SHOW_ALL); answer != SLURM_SUCCESS)
    return no_answer("slurm_load_partitions", answer);
  const std::unique_ptr<partition_info_msg_t, FreePartitions> partitions(raw);
  constexpr std::size_t kMaxPartitions = 1000;  // walked for each submission
  std::vector<PartitionFacts> facts;
  for (std::uint32_t i = 0; i < raw->record_count && i < kMaxPartitions; ++i)
    facts.push_back(partition_facts(raw->partition_array[i]));
  return facts;
}

Result<void> count_nodes(SiteFacts& facts) {
  node_info_msg_t* raw = nullptr;
  if (const int answer = slurm_load_node(0, &raw, SHOW_ALL); answer != SLURM_SUCCESS)
    return no_answer("slurm_load_node", answer);
  const std::unique_ptr<node_info_msg_t, FreeNodes> nodes(raw);
  for (std::uint32_t i = 0; i < raw->record_count; ++i) {
    if (raw->node_array[i].name == nullptr) continue;  // deleted, its place not yet reused
    ++facts.nodes;
    facts.cpus += raw->node_array[i].cpus;
  }
  return {};
}

}  // namespace

Result<JobList> changed_jobs(std::time_t since) {
  job_info_msg_t* raw = nullptr;
  const int answer = slurm_load_jobs(since, &raw, SHOW_ALL);
  if (answer == SLURM_SUCCESS) return JobList(raw);
  if (reason_of(answer) == SLURM_NO_CHANGE_IN_DATA) return JobList();
  return no_answer("slurm_load_jobs", answer);
}

Result<SiteFacts> load_site_facts() {
  slurm_conf_t* raw = nullptr;
  if (const int answer = slurm_load_ctl_conf(0, &raw); answer != SLURM_SUCCESS)
    return no_answer("slurm_load_ctl_conf", answer);
  const std::unique_ptr<slurm_conf_t, FreeConf> conf(raw);
  SiteFacts facts = site_facts(*conf);
  facts.read_s = conf->last_update;
  auto partitions = load_partitions();
  if (!partitions) return tl::make_unexpected(partitions.error());
  facts.partitions = std::move(*partitions);
  if (auto counted = count_nodes(facts); !counted) return tl::make_unexpected(counted.error());
  return facts;
}

}  // namespace foreshape
