// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The whole buffer swept: each user's directory with that user's rights.
//
// Runs in: offline, as root for everybody, as a user for the own directory.
// Threads: main thread only.

#include <chrono>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "tools/stage/stage_account.h"
#include "tools/stage/stage_settings.h"

namespace foreshape {

struct SweepOptions {
  bool dry_run = false;                         ///< count only: the account of the buffer
  std::chrono::milliseconds user_time{60'000};  ///< for each user's directory
};

/// Returns an account for each user who has a directory, whoever's could not be swept with failures > 0.
/// A directory that has a user's name and belongs to somebody else is in the user's way: it is removed, with its
/// owner's rights. What has no user's name is left alone.
/// Errors: those of open_buffer(); unavailable.
Result<std::vector<StageAccount>> sweep_buffer(const StageSettings& settings, const SweepOptions& options,
                                               const Clock& clock);

}  // namespace foreshape
