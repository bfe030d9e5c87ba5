// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What an upgrade of Slurm would do to Foreshape, said before it: foreshape doctor --before-upgrade VERSION.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>

#include "predictor/plan/policy.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/plugin_checks.h"
#include "tools/doctor/slurm_facts.h"

namespace foreshape {

/// target: as SLURM_VERSION_NUM. Nothing worse than a note where the plugins will work in it.
Findings upgrade_findings(const InstalledPlugins& plugins, const SlurmFacts& slurm, const OrderPolicy& order,
                          std::uint32_t target);

}  // namespace foreshape
