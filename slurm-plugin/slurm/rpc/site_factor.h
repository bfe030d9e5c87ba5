// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Gives a waiting job another site factor.
//
// Runs in: slurmctld (agent thread only, with no lock held).
// Threads: one thread at a time.

#include <cstdint>

#include "predictor/base/job.h"
#include "predictor/base/result.h"

namespace foreshape {

/// points: before NICE_OFFSET is added; may be negative.
/// Errors: unavailable - slurmctld does not answer, or refuses: the job is gone, or has started.
Result<void> set_site_factor(JobId job, std::int32_t points);

}  // namespace foreshape
