// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Clocks: this machine's against slurmctld's, the store's and what was written before.
//
// Runs in: offline.
// Threads: pure functions, but is_time_kept, which runs timedatectl.

#include <cstdint>
#include <optional>

#include "predictor/base/clock.h"
#include "tools/doctor/finding.h"

namespace foreshape {

struct ClockFacts {
  UnixSeconds now_s = 0;
  std::optional<std::int64_t> slurmctld_ahead_s, store_ahead_s;  ///< of this machine's; below 0: behind
  std::optional<UnixSeconds> status_s;                           ///< when status.json was written
  std::optional<UnixSeconds> ingested_s;                         ///< up to when sacct was ingested
  std::optional<bool> is_kept;                                   ///< by NTP; absent: not known
};

/// Whether NTP keeps this machine's clock, where systemd knows.
std::optional<bool> is_time_kept();

Findings clock_findings(const ClockFacts& clocks);

}  // namespace foreshape
