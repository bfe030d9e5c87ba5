// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Why a job's data was, or was not, there: from what the journals of staging have.
//
// Runs in: offline.
// Threads: a pure function.

#include <string>
#include <vector>

#include "predictor/journal/event.h"

namespace foreshape {

/// A line for each source that the job was told of, or staged. events: oldest first. Harmless, whatever users wrote.
std::string stage_why_text(const std::vector<StageEvent>& events, JobId job);

}  // namespace foreshape
