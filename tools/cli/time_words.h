// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Points in time as sacct's users type them: now-7days, today, 11/22-14:00, 2026-11-22T14:00.
//
// Runs in: offline.
// Threads: reads the process's time zone (TZ); otherwise a pure function.

#include <string_view>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"

namespace foreshape {

/// The moment that the words mean to sacct -S and -E (a time without a date is today's, a month that is
/// still to come is last year's), in the local time zone:
///   HH:MM[:SS] [AM|PM]    MMDD[YY]  MM/DD[/YY]  MM.DD[.YY]  YYYY-MM-DD, each with [-|T]HH:MM[:SS]
///   today  tomorrow  midnight  noon  elevenses  fika (3 PM)  teatime (4 PM)  uts<seconds since 1970>
///   now[{+|-}count[seconds|minutes|hours|days|weeks]]
/// A date and a time may be in either order: "fika tomorrow". Words may be in any case.
///
/// now: what "now" and "today" mean.
/// Errors: invalid_input - with the place where reading stopped.
/// Source: the forms of sacct(1), and the same answers as Slurm's own parser (tests compare with it).
Result<UnixSeconds> parse_time_words(std::string_view text, UnixSeconds now);

/// 00:00:00 of the day of that moment, local time: sacct's default for --starttime.
UnixSeconds midnight_before(UnixSeconds moment);

/// 00:00:00 of the Monday of that moment's week, local time.
UnixSeconds monday_before(UnixSeconds moment);

/// The Mondays of the weeks of [start_s, end_s), ascending: at least one, and at most `most`.
std::vector<UnixSeconds> mondays(UnixSeconds start_s, UnixSeconds end_s, std::size_t most);

}  // namespace foreshape
