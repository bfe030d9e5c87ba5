// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What came of staging within the last day, as its account has it: one line of `foreshape status`.
//
// Runs in: offline.
// Threads: pure functions over the file system.

#include <cstdint>
#include <string>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "predictor/journal/event.h"

namespace foreshape {

struct StagingDay {
  std::int64_t planned = 0, copies = 0, hits = 0, misses = 0,
               failed = 0;  ///< hits: times that a job was told of a copy
  std::int64_t copied_bytes = 0;
  std::int64_t expired_bytes = 0, unused_bytes = 0;  ///< of the expired: of copies that no job was told of
};

/// Adds an event to the day.
void add(StagingDay& day, const StageEvent& event);

/// Of a site's account. Errors: those of JournalReader; not_found - the site keeps none there.
Result<StagingDay> staging_day(const std::string& account, UnixSeconds now);

/// "12 copies (340G) by 12 planned jobs, ...", without a name before it.
std::string staging_day_text(const StagingDay& day);

}  // namespace foreshape
