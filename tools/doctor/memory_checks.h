// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What Memory=enforce rests on in Slurm's configuration (docs/memory.md).
//
// Runs in: offline.
// Threads: pure function.

#include "predictor/config/settings.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/slurm_facts.h"

namespace foreshape {

/// Nothing where no job's memory is enforced anywhere.
Findings memory_findings(const SlurmFacts& slurm, const Settings& settings);

}  // namespace foreshape
