// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Durations, limits and times as Slurm's tools print them.
//
// Runs in: offline.
// Threads: pure functions (local times read the process's TZ).

#include <cstdint>
#include <optional>
#include <string_view>

#include "predictor/base/job.h"
#include "predictor/base/result.h"

namespace foreshape {

// Each takes one field. Absence (an empty field, Unknown, None, UNLIMITED, ...) is nullopt;
// what can't be read is invalid_input with the field's text in the message.

/// "[D-][HH:]MM:SS[.mmm]" -> milliseconds; also plain seconds ("ElapsedRaw"). INVALID is absent: Slurm prints
/// it for a clock that went back.
Result<std::optional<std::int64_t>> slurm_duration_ms(std::string_view field);

/// Timelimit ("1-00:00:00") or TimelimitRaw (minutes) -> seconds. UNLIMITED, Partition_Limit, INVALID and
/// Slurm's numbers for "none" and "no end" (4294967294, 4294967295): absent.
Result<std::optional<std::int64_t>> slurm_limit_s(std::string_view field);

/// "2016-12-22T07:15:12", or Unix seconds (SLURM_TIME_FORMAT=%s) -> Unix seconds. Unknown, None, N/A: absent.
/// With an offset ("...+01:00", "...+0100", "...Z") that one counts, whatever utc says.
/// utc: false reads the text in the process's own time zone; an hour that comes twice in autumn is ambiguous
/// there.
Result<std::optional<UnixSeconds>> slurm_time_s(std::string_view field, bool utc);

/// The other moment at which clocks of the process's time zone show the same as at t: the hour that comes
/// twice in autumn. Absent at any other time.
std::optional<UnixSeconds> same_local_time(UnixSeconds t);

}  // namespace foreshape
