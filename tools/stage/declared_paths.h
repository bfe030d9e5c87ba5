// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a job will read: what its user's earlier jobs of that name declared, and what the site's rules say.
//
// Runs in: offline.
// Threads: pure functions; ask_declared_paths runs sacct.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/hash.h"
#include "predictor/base/result.h"
#include "tools/stage/stage_forecast.h"
#include "tools/stage/stage_settings.h"

namespace foreshape {

/// What a user's jobs of one name declared.
struct JobsOfName {
  std::vector<std::string> paths;  ///< of the newest that declared any in its comment
  JobId newest = 0;                ///< 0 = its row has no number
  bool newest_declares = false;    ///< in its comment
};

/// By a job's name with digits folded.
using DeclaredPaths = std::map<TextHash, JobsOfName>;

/// Adds the path unless it is there, or there are 8.
void add_declared_path(std::vector<std::string>& paths, const std::string& path);

/// The paths in a comment: "foreshape-stage=/a/b", several with blanks or commas between them. At most 8; what is no
/// path that can be staged is left out.
std::vector<std::string> paths_in_comment(std::string_view comment);

/// Of sacct's rows "JobIDRaw<US>JobName<US>Comment", in the order of time. A row that a user's own line feed made up is that
/// user's: it can say nothing of others.
DeclaredPaths declared_paths(std::string_view sacct_rows);

/// Of this user's jobs of the last two weeks. Errors: those of output_of().
Result<DeclaredPaths> ask_declared_paths(UserId uid);

/// What a foreseen job will read, each path once: declared ones first.
std::vector<std::string> foreseen_paths(const StageForecast& job, const DeclaredPaths& declared,
                                        const std::vector<StageRule>& rules);

}  // namespace foreshape
