// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A job that was let into a hold, or was in one and does not come in again for a while.
//
// Runs in: slurmctld (agent thread) and tests.
// Threads: plain values.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/job.h"

namespace foreshape {

/// What a place was found for.
struct AdmittedSize {
  std::optional<std::int64_t> limit_s;
  std::uint32_t nodes = 0, cpus = 0;
  bool operator==(const AdmittedSize&) const = default;
};

struct AdmittedJob {
  /// Once it was taken out it is not put in again for so long.
  static constexpr std::int64_t kNotAgainSeconds = 300;

  std::string hold;
  AdmittedSize size;
  std::vector<std::string> nodes;  ///< of the hold, as it was then; until it starts
  std::uint32_t elsewhere = 0;     ///< nodes that it runs on beside those: FLEX let it
  UnixSeconds since_s = 0;         ///< in the hold, waiting
  std::int64_t may_run_s = 0;
  bool has_started = false, has_overrun = false;
  UnixSeconds counted_from_s = 0;  ///< since when its run counts: its start, or when the clock was set
  UnixSeconds not_before_s = 0;    ///< it is not in a hold, and does not come in again until then
};

using AdmittedJobs = std::map<JobId, AdmittedJob>;

}  // namespace foreshape
