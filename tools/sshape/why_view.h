// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// `sshape why JOBID`: jobs explained, and what to request for the next ones of their names.
//
// Runs in: offline.
// Threads: as the connection it is given; writes to standard output.

#include "predictor/base/result.h"
#include "tools/sshape/sshape_options.h"

namespace foreshape {

class Pg;

/// A line for each of the jobs, then, for each of their names of which enough is known, the lines for its
/// script: from what ended in the 90 days before the job did, and since.
/// Errors: not_found - no such job that this user may see; unavailable - no answer from the database.
Result<void> show_why(Pg& db, const ShapeOptions& options);

}  // namespace foreshape
