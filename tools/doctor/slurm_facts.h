// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What Slurm says of itself: slurmctld where it answers, else slurm.conf as it is on disk.
//
// Runs in: offline.
// Threads: runs scontrol; otherwise pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/clock.h"
#include "tools/site/site_settings.h"

namespace foreshape {

struct SlurmFacts {
  std::string silence;             ///< why slurmctld did not answer; empty where it did
  std::string config, partitions;  ///< as scontrol shows them; of slurm.conf where slurmctld is silent
  SiteSettings site;
  std::uint32_t version = 0;   ///< of the slurmctld that runs; 0 where it is silent
  std::string user = "slurm";  ///< SlurmUser
  std::vector<std::string> submit_plugins, plugin_directories;
  std::vector<std::string> partition_names;  ///< empty: not known

  std::optional<std::int64_t> clock_ahead_s;  ///< slurmctld's clock against ours

  std::string value(std::string_view name) const { return config_value(config, name); }
};

/// config, partitions: as scontrol prints them.
SlurmFacts slurm_facts_of(std::string config, std::string partitions);

/// The lines of slurm.conf in the manner of `scontrol show config`; what is no Key=Value is passed over.
std::string config_of_file(std::string_view slurm_conf);

/// When `scontrol show config` answered by slurmctld's clock: the moment in its first line, local time.
std::optional<UnixSeconds> answered_at(std::string_view config, UnixSeconds now);

std::string slurm_conf_beside(const std::string& foreshape_conf);

/// Asks slurmctld through scontrol; reads slurm_conf where it does not answer.
SlurmFacts ask_slurm_facts(const std::string& slurm_conf);

}  // namespace foreshape
