// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The machine of a site, as scontrol shows its nodes.
//
// Runs in: offline.
// Threads: pure functions, but ask_site_machine, which runs scontrol.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"
#include "replay/workload.h"
#include "tools/site/site_settings.h"

namespace foreshape {

struct SiteMachine {
  std::int32_t nodes = 0;
  std::int64_t cpus = 0;         ///< of all nodes, those left that Slurm gives to jobs
  std::optional<Cluster> alike;  ///< one of equal nodes; absent = they are of several kinds
  std::int32_t not_up = 0;       ///< down, drained or failing just now; they count all the same
  bool has_gpus = false;
  /// Partitions by the nodes that they share: "cpu, long" and "gpu" are two machines in fact.
  std::vector<std::string> islands;
};

/// nodes: the output of `scontrol show node --oneliner`. partition: "" = the nodes of every partition.
/// Errors: not_found - no such node, or no such partition (the message has those there are).
Result<SiteMachine> parse_site_machine(std::string_view nodes, const std::string& partition);

/// Asks slurmctld through scontrol. Errors: those of output_of and of parse_site_machine.
Result<SiteMachine> ask_site_machine(const std::string& partition);

/// How jobs meet that machine: whole nodes where the site gives no less; shared ones where it accounts for
/// their memory; one pool of processors where it does not, where nodes differ, or where there are too many of
/// them. Jobs without a time limit have the longest of a partition, or a year.
LoadOptions site_load_options(const SiteMachine& machine, const SiteSettings& settings);

}  // namespace foreshape
