// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What Slurm's own configuration says at this site, as far as Foreshape depends on it.
//
// Runs in: offline.
// Threads: pure functions, but ask_slurm, which runs scontrol.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

struct SiteSettings {
  std::string scheduler_type, priority_type;
  std::string scheduler_parameters;
  std::string select_type, select_parameters, preempt_type;
  std::optional<std::string> job_submit_plugins;  ///< absent: not known
  std::int64_t weight_age = 0;
  std::int64_t max_age_s = 0;
  std::int64_t weight_partition = 0;
  std::int64_t weight_fair_share = 0;                         ///< also among other_weights
  std::int64_t decay_half_life_s = 0;                         ///< of usage; 0 = it does not decay
  std::int64_t priority_calc_period_s = 0;                    ///< 0 = not known
  bool fair_tree = true;                                      ///< no PriorityFlags=NO_FAIR_TREE
  std::int64_t least_job_factor = 1, largest_job_factor = 1;  ///< PriorityJobFactor of the partitions
  bool norms_partition_factors = true;                        ///< no PriorityFlags=NO_NORMAL_PART
  std::vector<std::string> other_weights;  ///< "PriorityWeightFairShare=1000": those that are not 0

  bool partitions_known = false;
  bool shares_nodes = false;                      ///< a partition is not OverSubscribe=EXCLUSIVE
  std::int64_t longest_limit_s = 0;               ///< the largest MaxTime of a partition
  std::vector<std::string> unlimited_partitions;  ///< those without a MaxTime
};

/// config, partitions: the output of `scontrol show config` and `scontrol show partition --oneliner`.
SiteSettings parse_site_settings(std::string_view config, std::string_view partitions);

/// The settings as the plugin saw them: the object "slurm" of status.json. Partitions are not in it.
SiteSettings site_settings_of_status(const nlohmann::json& slurm);

/// What scontrol prints of the site, as it is.
struct ScontrolTexts {
  std::string config, partitions;
};

/// Asks slurmctld through scontrol.
/// Errors: those of output_of.
Result<ScontrolTexts> ask_scontrol();

/// The same as settings.
Result<SiteSettings> ask_slurm();

/// The value behind "name = " in the output of `scontrol show config`; "" where there is none, or "(null)".
std::string config_value(std::string_view config, std::string_view name);

/// The number behind "name=" in a list such as "bf_window=1440,bf_max_job_test=500", in any case.
std::optional<std::int64_t> option_number(std::string_view options, std::string_view name);

}  // namespace foreshape
