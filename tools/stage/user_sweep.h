// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What must go from one user's directory in the buffer.
//
// Runs in: offline, with the rights of the directory's owner.
// Threads: one thread.

#include "predictor/base/clock.h"
#include "tools/stage/stage_account.h"
#include "tools/stage/stage_settings.h"

namespace foreshape {

/// Removes copies that have expired or are broken, drafts whose maker is dead, and what is neither and was not
/// changed for settings.keep_max_s (links of jobs among it); then, beyond settings.user_bytes, the copies that expire first. A copy is renamed
/// under its lock before any of it goes, so that nobody is told of a part.
///
/// dry_run: only counts what would be. The caller's effective user is the directory's owner.
StageAccount sweep_user_directory(int user_directory, const StageSettings& settings, UnixSeconds now,
                                  bool dry_run);

}  // namespace foreshape
