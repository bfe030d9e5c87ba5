// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One pass of planning: who submits soon, what that job will read, and whether a staging job is submitted for it.
//
// Runs in: offline, as root (users' jobs are submitted for them), outside slurmctld.
// Threads: main thread only.

#include <string>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "tools/stage/stage_plan.h"

namespace foreshape {

struct PlannedStaging {
  StageCandidate candidate;
  std::string job;     ///< id of the staging job; "" = none
  std::string reason;  ///< why there is none
};

/// So many of the likeliest users are looked at in a pass.
inline constexpr std::size_t kMaxPlannedUsers = 200;

/// dry_run: nothing is submitted; what would be has the reason "would be staged". conf: for the staging jobs.
/// Where the site keeps an account, it goes by that, and what was submitted is in it.
/// Errors: those of foresee_submissions(), ask_staging_jobs(), read_stage_journal(), append_to_account(). What fails for one user is a reason.
Result<std::vector<PlannedStaging>> plan_stagings(const StageSettings& settings, const std::string& conf,
                                                  bool dry_run, const Clock& clock);

/// A line for each.
std::string plan_text(const std::vector<PlannedStaging>& planned);

}  // namespace foreshape
