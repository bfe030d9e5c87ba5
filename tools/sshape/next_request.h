// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What to request next time, from what jobs of one name used.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <string>

#include "sql/report_queries.h"

namespace foreshape {

struct NextRequest {
  std::optional<std::int64_t> limit_s, memory_bytes;  ///< memory per node; nullopt: leave it as it is
};

/// A fifth more than any of the jobs used, rounded up to what people write; only from 5 measured jobs on, and
/// only where that is at most two thirds of what the newest requested. Where some were cut off at their limit
/// and no measured job ran longer: half as much again as they had, if the newest did not request that
/// already.
NextRequest next_request(const NameSummary& jobs);

/// "--time=00:50:00 --mem=6G", to stand behind #SBATCH; "" where the request can stay.
std::string sbatch_text(const NextRequest& next);

}  // namespace foreshape
