// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// foreshape-stage.conf: where the buffer is, and what staging may take. Key=Value lines, as in slurm.conf.
//
// Runs in: offline.
// Threads: plain values; reads the environment and one file.

#include <cstdint>
#include <string>
#include <vector>

#include "predictor/base/result.h"
#include "tools/stage/tree_listing.h"

namespace foreshape {

/// What jobs of this account and name read; an empty account or name is any.
struct StageRule {
  std::string account;
  std::string job_name;  ///< with digits folded: relax_1 stands for relax_27 too
  std::string path;
};

/// When data are staged for jobs that are foreseen.
struct StagePlanSettings {
  std::string snapshot = "/var/lib/foreshape/profiles.snap";  ///< Snapshot
  std::int64_t window_s = 1'800;  ///< PlanWindow: a submission is foreseen for so long ahead
  double probability = 0.3;       ///< PlanProbability: the least
  std::int64_t read_bytes_s = std::int64_t{200} << 20;  ///< ReadRate: of the slow file system, a second
  std::int64_t saved_s = 60;                            ///< MinSaved: probability x seconds of reading
  std::size_t jobs = 4;                                 ///< PlanJobs: staging jobs at a time, one a user
  std::int64_t job_time_s = 3'600;                      ///< JobTime: their time limit
  std::string partition, qos;  ///< JobPartition, JobQOS: of them; "" = Slurm's default
  std::string
      source_busy;  ///< SourceBusy: a program that says with exit code 0 that a source is over its limit
  std::int64_t day_bytes = std::int64_t{10} << 40;      ///< DayBytes: planned within 24 hours
  std::int64_t user_day_bytes = std::int64_t{1} << 40;  ///< UserDayBytes: of them, for one user
  std::vector<StageRule> rules;                         ///< lines that begin with Path=
};

struct StageSettings {
  std::string buffer;   ///< Buffer: a directory of the fast tier; "" = not said
  std::string account;  ///< Account: the directory of the site's account of staging; "" = none is kept
  std::int64_t keep_s = 86'400;                        ///< Keep: after staging, and after each use
  std::int64_t keep_max_s = std::int64_t{7} * 86'400;  ///< KeepMax: what a job may ask for with --for
  TreeCaps copy;                                       ///< CopyBytes, CopyFiles: of one copy
  std::int64_t user_bytes = std::int64_t{500} << 30;   ///< UserBytes: of a user's copies together
  StagePlanSettings plan;
  double keep_free = 0.1;  ///< KeepFree: share of the buffer's file system
};

/// Errors: invalid_input - with file:line: key: what is wrong and what is expected.
Result<StageSettings> parse_stage_settings(const std::string& text, const std::string& path);

/// Errors: those of parse_stage_settings; not_found; unavailable; invalid_input - somebody else than root and the
/// caller may write the file.
Result<StageSettings> load_stage_settings(const std::string& path);

/// foreshape-stage.conf beside $SLURM_CONF, or in /etc/slurm.
std::string stage_settings_path();

}  // namespace foreshape
