// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What to request next time, from what jobs of one name used.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/report_queries.h"

namespace foreshape {

/// So many measured jobs say how much less would do.
inline constexpr std::int64_t kEnoughJobs = 5;

struct NextRequest {
  std::optional<std::int64_t> limit_s, memory_bytes;  ///< memory per node; nullopt: leave it as it is
  /// So many CPUs would have done for any of the jobs: advice, since a program's layout is its owner's
  /// business.
  std::optional<std::int64_t> cpus = std::nullopt;
};

/// A fifth more than any of the jobs used, rounded up to what people write; only from 5 measured jobs on, and
/// only where that is at most two thirds of what the newest requested. Where some were cut off at their limit
/// and no measured job ran longer: half as much again as they had, if the newest did not request that
/// already. CPUs: where 5 measured jobs kept no more than half of those requested busy.
NextRequest next_request(const NameSummary& jobs);

/// "--time=00:50:00 --mem=6G", to stand behind #SBATCH; "" where the request can stay.
std::string sbatch_text(const NextRequest& next);

/// The same as lines to paste into the job script, each with its newline, comments saying why; "" where the
/// request can stay. Harmless: whatever the job is called, no line but ours begins with #SBATCH.
std::string sbatch_lines(const NameSummary& jobs);

/// Those of several names, an empty line between them.
std::string sbatch_text_of(const std::vector<NameSummary>& names);

}  // namespace foreshape
