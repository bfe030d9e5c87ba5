// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// -S and -E: the one way in which commands are told a stretch of time, as sacct is.
//
// Runs in: offline.
// Threads: main thread only.

#include <optional>
#include <string>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "tools/cli/options.h"

namespace foreshape {

inline constexpr const char* kStartOption = "starttime";
inline constexpr const char* kEndOption = "endtime";

/// [start_s, end_s); absent = not given.
struct TimeSpan {
  std::optional<UnixSeconds> start_s, end_s;
};

/// Declares -S, --starttime TIME and -E, --endtime TIME; a help of nullptr: not that one.
void add_time_options(po::options_description& options, const char* start_help, const char* end_help);

/// What was given, in the words of time_words.h. now: the moment that "now" means in both.
/// Errors: invalid_input - not a time, with the option's name; or the start is after the end.
Result<TimeSpan> time_span(const ParsedOptions& parsed, UnixSeconds now);

}  // namespace foreshape
