// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a job's script says that it reads: #STAGE lines, where accounting keeps scripts.
//
// Runs in: offline, outside slurmctld: it costs the controller nothing.
// Threads: pure functions; those that say so run Slurm's programs.

#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/base/result.h"

namespace foreshape {

/// The paths that a script declares in the comments before its first command, as sbatch reads its options: lines
/// "#STAGE /a/path" and "#BB_LUA stage_in source=/a/path". At most 8, each once; what is no path that can be staged is left
/// out. What stands before the line "#!" (sacct's heading) does not count.
std::vector<std::string> paths_in_script(std::string_view script);

/// Whether accounting keeps scripts (AccountingStoreFlags=job_script), by what `scontrol show config` printed.
bool are_scripts_kept(std::string_view config);

/// Runs scontrol. Errors: those of output_of().
Result<bool> ask_whether_scripts_are_kept();

/// Of this job, if it is this user's; runs sacct. Errors: those of output_of().
Result<std::vector<std::string>> ask_script_paths(UserId uid, JobId job);

}  // namespace foreshape
