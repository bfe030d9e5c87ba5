// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// foreshape-stage.conf: where the buffer is, and what staging may take. Key=Value lines, as in slurm.conf.
//
// Runs in: offline.
// Threads: plain values; reads the environment and one file.

#include <cstdint>
#include <string>

#include "predictor/base/result.h"
#include "tools/stage/tree_listing.h"

namespace foreshape {

struct StageSettings {
  std::string buffer;            ///< Buffer: a directory of the fast tier; "" = not said
  std::int64_t keep_s = 86'400;  ///< Keep: after staging, and after each use
  std::int64_t keep_max_s = std::int64_t{7} * 86'400;  ///< KeepMax: what a job may ask for with --for
  TreeCaps copy;                                       ///< CopyBytes, CopyFiles: of one copy
  std::int64_t user_bytes = std::int64_t{500} << 30;   ///< UserBytes: of a user's copies together
  double keep_free = 0.1;                              ///< KeepFree: share of the buffer's file system
};

/// Errors: invalid_input - with file:line: key: what is wrong and what is expected.
Result<StageSettings> parse_stage_settings(const std::string& text, const std::string& path);

/// Errors: those of parse_stage_settings; not_found; unavailable; invalid_input - somebody else than root and the
/// caller may write the file.
Result<StageSettings> load_stage_settings(const std::string& path);

/// foreshape-stage.conf beside $SLURM_CONF, or in /etc/slurm.
std::string stage_settings_path();

}  // namespace foreshape
