// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The predictors that need no thought: what any other must beat.
//
// Runs in: slurmctld and offline. No allocation.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <span>

#include "predictor/base/job.h"
#include "predictor/profile/past_job.h"

namespace foreshape {

/// The request itself; nullopt if there is none. Seconds.
std::optional<std::int64_t> requested_run_s(const JobRequest& job);

/// floor((a + b) / 2) of the user's two newest finished jobs, at most the request; fewer than two: the
/// request. Source: Tsafrir, Etsion & Feitelson, "Backfilling using system-generated predictions", TPDS
/// 18(6), 2007.
///
/// own   the user's finished jobs, newest first
std::optional<std::int64_t> last_two_run_s(const JobRequest& job, std::span<const PastJob> own);

}  // namespace foreshape
