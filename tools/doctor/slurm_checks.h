// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether Slurm is set so that what is switched on can work: the chain of job_submit plugins, accounting, the
// priority and backfill settings of the order.
//
// Runs in: offline.
// Threads: pure functions.

#include "predictor/config/settings.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/slurm_facts.h"
#include "tools/site/order_checks.h"

namespace foreshape {

/// settings: what is switched on, and how often the agent looks.
Findings slurm_findings(const SlurmFacts& slurm, const Settings& settings);

/// Checks of another part as findings. wrong: how bad a wrong one is; why: where the check itself says none.
Findings findings_of(const char* group, const std::vector<Check>& checks, Severity wrong,
                     const std::string& why);

}  // namespace foreshape
