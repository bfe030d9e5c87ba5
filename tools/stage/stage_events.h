// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What came of a user's own command, as an event.
//
// Runs in: offline, as the user whose data it is.
// Threads: pure functions over the file system.

#include <optional>
#include <string>

#include "predictor/base/result.h"
#include "predictor/journal/event.h"
#include "tools/stage/staged_lookup.h"
#include "tools/stage/staging.h"

namespace foreshape {

/// Of stage_copy(); one that was there already is no news, and so nothing.
std::optional<StageEvent> copy_event(const std::string& source, const Result<StagedCopy>& copy);

/// Of find_copy() for a job; job 0 = the one that it runs in.
StageEvent use_event(const std::string& source, const Result<FoundCopy>& copy, JobId job);

}  // namespace foreshape
