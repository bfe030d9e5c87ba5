// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/time_options.h"

#include <utility>

#include "tools/cli/time_words.h"

namespace foreshape {
namespace {

Result<void> read_moment(const ParsedOptions& parsed, const char* option, UnixSeconds now,
                         std::optional<UnixSeconds>& moment) {
  if (!parsed.has(option)) return {};
  const auto time = parse_time_words(parsed.text(option), now);
  if (!time) return tl::make_unexpected(about(std::string("--") + option, time.error()));
  moment = *time;
  return {};
}

}  // namespace

void add_time_options(po::options_description& options, const char* start_help, const char* end_help) {
  if (start_help != nullptr) {
    const OptionRow row[] = {{"starttime,S", text_value("TIME"), start_help}};
    add_options(options, row);
  }
  if (end_help != nullptr) {
    const OptionRow row[] = {{"endtime,E", text_value("TIME"), end_help}};
    add_options(options, row);
  }
}

Result<TimeSpan> time_span(const ParsedOptions& parsed, UnixSeconds now) {
  TimeSpan span;
  if (auto read = read_moment(parsed, kStartOption, now, span.start_s); !read)
    return tl::make_unexpected(read.error());
  if (auto read = read_moment(parsed, kEndOption, now, span.end_s); !read)
    return tl::make_unexpected(read.error());
  if (span.start_s && span.end_s && *span.start_s > *span.end_s)
    return failure(ErrorCode::invalid_input, "--starttime is after --endtime");
  return span;
}

}  // namespace foreshape
