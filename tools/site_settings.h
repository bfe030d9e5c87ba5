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
  std::optional<std::string> job_submit_plugins;  ///< absent: not known
  std::int64_t weight_age = 0;
  std::int64_t max_age_s = 0;
  std::vector<std::string> other_weights;  ///< "PriorityWeightFairShare=1000": those that are not 0

  bool partitions_known = false;
  std::int64_t longest_limit_s = 0;               ///< the largest MaxTime of a partition
  std::vector<std::string> unlimited_partitions;  ///< those without a MaxTime
};

/// config, partitions: the output of `scontrol show config` and `scontrol show partition --oneliner`.
SiteSettings parse_site_settings(std::string_view config, std::string_view partitions);

/// The settings as the plugin saw them: the object "slurm" of status.json. Partitions are not in it.
SiteSettings site_settings_of_status(const nlohmann::json& slurm);

/// Asks slurmctld through scontrol.
/// Errors: those of run_program.
Result<SiteSettings> ask_slurm();

/// The number behind "name=" in a list such as "bf_window=1440,bf_max_job_test=500", in any case.
std::optional<std::int64_t> option_number(std::string_view options, std::string_view name);

}  // namespace foreshape
