// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A job of the past: what was requested and what was used.
//
// Runs in: offline. Trivially copyable.
// Threads: plain values.

#include "predictor/base/job.h"

namespace foreshape {

struct TracedJob {
  JobRequest request;
  JobUsage usage;
};

}  // namespace foreshape
