// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A scheduler written to be read, not to be fast: what simulate() must agree with job by job.
// It shares the workload, the policy values, the kernel's predictions and fair-share's factors with the
// engine, and nothing else.
//
// Runs in: offline.
// Threads: pure functions.

#include <vector>

#include "replay/policy.h"
#include "replay/workload.h"

namespace foreshape {

/// The start of every job.
std::vector<std::int64_t> reference_starts(const Workload& load, const SchedulingPolicy& policy);

}  // namespace foreshape
