// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/site_facts.h"

#include <algorithm>
#include <charconv>
#include <strings.h>

namespace foreshape {
namespace {

std::string text(const char* value) { return value != nullptr ? value : ""; }

const PartitionFacts* partition_of(const SubmittedJob& job, const SiteFacts& facts) {
  const auto found = std::ranges::find_if(facts.partitions, [&](const PartitionFacts& p) {
    return job.request.partition == 0 ? p.is_default : p.hash == job.request.partition;
  });
  return found != facts.partitions.end() ? &*found : nullptr;
}

}  // namespace

std::optional<OrderScale> SiteFacts::order_scale() const {
  if (priority_type != "priority/multifactor" || !bf_min_prio_reserve || *bf_min_prio_reserve == 0)
    return std::nullopt;
  if (priority_weight_age == 0 || priority_max_age_s == 0) return std::nullopt;
  // Before the partitions are known the base is not: such a job stands at the base, which is what it is for.
  if (priority_weight_partition != 0 && partitions.empty()) return std::nullopt;
  return OrderScale{*bf_min_prio_reserve, priority_weight_age * 60.0 / priority_max_age_s, base_points()};
}

std::int64_t SiteFacts::base_points() const {
  if (partitions.empty()) return 0;
  const auto [least, largest] = std::ranges::minmax(partitions, {}, &PartitionFacts::job_factor);
  return foreshape::base_points(priority_weight_partition, least.job_factor, largest.job_factor,
                                norms_partition_factors);
}

SiteFacts site_facts(const slurm_conf_t& conf) {
  SiteFacts facts;
  facts.slurm_conf_file = text(conf.slurm_conf);
  facts.cluster = text(conf.cluster_name);
  facts.scheduler_type = text(conf.schedtype);
  facts.priority_type = text(conf.priority_type);
  facts.scheduler_parameters = text(conf.sched_params);
  facts.priority_weight_age = conf.priority_weight_age;
  facts.priority_max_age_s = conf.priority_max_age;
  facts.priority_weight_partition = conf.priority_weight_part;
  facts.norms_partition_factors = (conf.priority_flags & PRIORITY_FLAGS_NO_NORMAL_PART) == 0;
  facts.bf_min_prio_reserve = option_number(facts.scheduler_parameters, "bf_min_prio_reserve");
  facts.bf_interval_s =
      option_number(facts.scheduler_parameters, "bf_interval").value_or(facts.bf_interval_s);
  facts.default_memory_mib = conf.def_mem_per_cpu;
  facts.limits_memory_per_cpu = is_per_cpu(conf.max_mem_per_cpu);
  facts.requeues_by_default = conf.job_requeue != 0;
  return facts;
}

bool is_per_cpu(std::uint64_t slurm_mib) {
  const bool is_figure = slurm_mib != NO_VAL64 && slurm_mib != INFINITE64;
  return is_figure && (slurm_mib & static_cast<std::uint64_t>(MEM_PER_CPU)) != 0;
}

std::optional<std::uint32_t> option_number(std::string_view options, std::string_view name) {
  while (!options.empty()) {
    const auto comma = options.find(',');
    const std::string_view option = options.substr(0, comma);
    options.remove_prefix(comma == std::string_view::npos ? options.size() : comma + 1);
    if (option.size() <= name.size() || option[name.size()] != '=') continue;
    if (strncasecmp(option.data(), name.data(), name.size()) != 0) continue;
    std::uint32_t value = 0;
    const auto [end, error] =
        std::from_chars(option.data() + name.size() + 1, option.data() + option.size(), value);
    if (error == std::errc{} && end == option.data() + option.size()) return value;
    return std::nullopt;
  }
  return std::nullopt;
}

void fill_defaults(SubmittedJob& job, const SiteFacts& facts) {
  const PartitionFacts* partition = partition_of(job, facts);
  std::uint64_t memory = facts.default_memory_mib;
  if (partition != nullptr) {
    if (job.request.partition == 0) {
      job.partition.assign(partition->name);
      job.partitions = listed_names(partition->name);
    }
    job.request.partition = partition->hash;
    if (!job.says_limit && !job.request.limit_s) job.request.limit_s = partition->default_limit_s;
    if (partition->default_memory_mib != 0) memory = partition->default_memory_mib;
  }
  if (!job.says_memory && !job.request.memory_per_node_bytes)
    job.request.memory_per_node_bytes =
        memory_per_node(memory, job.request.least_cpus(), job.request.nodes.value_or(1));
}

}  // namespace foreshape
