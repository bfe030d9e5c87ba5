// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// `sshape JOBID`: one job for its user; of an array or several jobs a line each; and what to request next.
//
// Runs in: offline.
// Threads: as the connection it is given; writes to standard output.

#include "predictor/base/result.h"
#include "tools/sshape/sshape_options.h"

namespace foreshape {

class Pg;

/// Errors: not_found - no such job that this user may see, and what to do; unavailable - no answer from the
/// database.
Result<void> show_job(Pg& db, const ShapeOptions& options);

}  // namespace foreshape
