// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether a store has jobs enough for a model, asked before anything is trained.
//
// Runs in: offline.
// Threads: main thread only.

#include <cstdint>
#include <string>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"

namespace foreshape {

/// How many jobs a retraining needs so that their newest share leaves enough to decide by.
/// share: above 0.
std::uint64_t jobs_needed(double share);

/// The cluster's ended jobs that were submitted since from_s, counted up to `most`. Errors: those of Pg.
Result<std::uint64_t> stored_jobs(const std::string& database, const std::string& cluster, UnixSeconds from_s,
                                  std::uint64_t most);

}  // namespace foreshape
