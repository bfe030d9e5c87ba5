// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One path for a job's input, whichever of the two it is: a link in the user's directory that leads to the staged copy
// where there is one, and to the source where there is none. What hands over the path (burst_buffer.lua) must know it
// before it is known whether the copy is still current when the job starts.
//
// Runs in: offline, as the user whose data it is.
// Threads: one thread.

#include <string>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "tools/stage/stage_settings.h"
#include "tools/stage/staged_lookup.h"

namespace foreshape {

struct JobLink {
  std::string path;        ///< <Buffer>/<uid>/.job-<job>
  std::string target;      ///< where it leads now
  Result<FoundCopy> copy;  ///< to which it leads, or why to none
};

/// Makes the job's link or turns it, in one step. keep_s: as of find_copy().
/// Errors: invalid_input - not a job id as Slurm has them; those of open_buffer(), open_user_directory();
/// unavailable. That there is no copy is none.
Result<JobLink> link_for_job(const StageSettings& settings, const std::string& source, const std::string& job,
                             std::int64_t keep_s, const Clock& clock);

/// Removes it; that it is gone already is no error.
Result<void> remove_job_link(const StageSettings& settings, const std::string& job);

}  // namespace foreshape
