// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// `sshape shadow`: what would have come of what dry runs decided, asked of the store.
//
// Runs in: offline.
// Threads: as the connection it is given.

#include <vector>

#include "predictor/base/result.h"
#include "tools/sshape/shadow_week.h"

namespace foreshape {

class Pg;

/// The weeks of the filter's window. 72 bytes a job of it are kept, and its names.
/// Errors: invalid_input - who asks does not see everybody's jobs, and a queue of one's own jobs says
/// nothing; unavailable - no answer from the database.
Result<std::vector<ShadowWeek>> ask_shadow(Pg& db, const JobFilter& filter, const Viewer& viewer);

}  // namespace foreshape
