// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether the plugins are the right ones for this slurmctld, in the right places and safe there.
//
// Runs in: offline.
// Threads: pure functions, but look_for_plugins, which reads files.

#include <string>
#include <vector>

#include "tools/doctor/finding.h"
#include "tools/doctor/path_rights.h"
#include "tools/doctor/plugin_file.h"
#include "tools/doctor/slurm_facts.h"

namespace foreshape {

/// A library in a directory of PluginDir.
struct InstalledPlugin {
  PathFacts path;
  PluginIdentity identity;
  std::string problem;  ///< why it can't be read as a plugin; empty where it can

  bool is_ours() const { return identity.name.starts_with("foreshape"); }
};

struct InstalledPlugins {
  /// In the order of PluginDir: Slurm takes the first of a name.
  std::vector<InstalledPlugin> job_submit, sched_foreshape, sched_backfill;
  /// The Runtime as the first job_submit_foreshape.so would look for it; does it exist?
  PathFacts runtime;
};

/// Looks for our plugins, and for Slurm's own backfill, in these directories.
InstalledPlugins look_for_plugins(const std::vector<std::string>& directories);

/// Versions, places, PluginDir's order, and who may write to what slurmctld loads.
Findings plugin_findings(const InstalledPlugins& plugins, const SlurmFacts& slurm);

}  // namespace foreshape
