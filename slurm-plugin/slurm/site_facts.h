// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What Slurm's own configuration says, as far as Foreshape depends on it.
//
// Runs in: slurmctld (made in init() and on the agent thread, read anywhere).
// Threads: an immutable value once made; pure functions.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <slurm/slurm.h>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/plan/order_key.h"
#include "slurm-plugin/slurm/job_request.h"

namespace foreshape {

/// What Slurm gives a job of this partition that does not say otherwise.
struct PartitionFacts {
  std::string name;
  TextHash hash = 0;
  bool is_default = false;
  std::optional<std::int64_t> default_limit_s;
  std::uint64_t default_memory_mib = 0;  ///< with Slurm's MEM_PER_CPU bit; 0 = none
  std::uint32_t job_factor = 1;          ///< PriorityJobFactor
  bool limits_memory_per_cpu = false;    ///< MaxMemPerCPU: Slurm may write a job's --mem anew
};

struct SiteFacts {
  std::string slurm_conf_file;
  std::string cluster;
  std::string scheduler_type, priority_type;
  std::string scheduler_parameters;
  std::uint32_t priority_weight_age = 0, priority_max_age_s = 0, priority_weight_partition = 0;
  bool norms_partition_factors = true;  ///< PriorityFlags has no NO_NORMAL_PART
  std::optional<std::uint32_t> bf_min_prio_reserve;
  std::uint32_t bf_interval_s = 30;
  std::uint64_t default_memory_mib = 0;  ///< as PartitionFacts'
  bool limits_memory_per_cpu = false;    ///< MaxMemPerCPU
  bool requeues_by_default = true;       ///< JobRequeue: jobs that say neither --requeue nor --no-requeue
  std::uint32_t nodes = 0, cpus = 0;     ///< of the whole cluster; 0 = not yet known
  std::vector<PartitionFacts> partitions;
  UnixSeconds read_s = 0;  ///< when slurmctld last read slurm.conf: moves with each reconfigure

  /// How the site's priorities carry the order; nullopt where they can't: no priority/multifactor, no
  /// bf_min_prio_reserve, no age factor, or a partition weight before partitions are known.
  std::optional<OrderScale> order_scale() const;

  /// The points that PriorityWeightPartition gives to every job: the least of any partition.
  std::int64_t base_points() const;
};

/// The facts in slurm.conf. Partitions and sizes are not in it.
SiteFacts site_facts(const slurm_conf_t& conf);

/// Whether a figure of memory, as Slurm keeps it, is one for each cpu.
bool is_per_cpu(std::uint64_t slurm_mib);

/// The number behind "name=" in a list such as SchedulerParameters, "bf_interval=30,bf_max_job_test=500".
/// Names are compared without regard to case, as Slurm does.
std::optional<std::uint32_t> option_number(std::string_view options, std::string_view name);

/// Gives the job what Slurm will give it: the default partition, its time limit and memory. Past jobs in
/// accounting carry these figures, so a request without them would be like none of its own kind.
void fill_defaults(SubmittedJob& job, const SiteFacts& facts);

}  // namespace foreshape
