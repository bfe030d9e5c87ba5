// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Staging jobs in Slurm: small jobs of the users' own, submitted for them.
//
// Runs in: offline, as root.
// Threads: pure functions; those that say so run Slurm's programs.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/base/result.h"
#include "tools/stage/stage_settings.h"

namespace foreshape {

struct StagingJobs {
  std::map<UserId, std::size_t> waiting_or_running;
  std::map<UserId, std::size_t> failed;  ///< within the last day
  std::size_t live = 0;
};

/// Of squeue's rows "UID" and sacct's rows "UID|State". Rows that are something else are left out.
StagingJobs staging_jobs(std::string_view squeue_rows, std::string_view sacct_rows);

/// Runs squeue and sacct. Errors: those of output_of().
Result<StagingJobs> ask_staging_jobs();

/// What sbatch is given: its words, and the script.
struct StagingSubmission {
  std::vector<std::string> words;
  std::string script;
};

/// A job of the user's own that runs `program stage copy`. It asks for one CPU, comes after all others (nice), is
/// not requeued, is gone if it does not start within PlanWindow, and leaves no file but its copy.
StagingSubmission staging_submission(const StageSettings& settings, UserId uid, const std::string& source,
                                     const std::string& program, const std::string& conf);

/// Runs sbatch; the job's id. Errors: those of ChildProcess; unavailable - what sbatch said.
Result<std::string> submit_staging_job(const StagingSubmission& submission);

}  // namespace foreshape
