// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/time_options.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

constexpr UnixSeconds kMoment = 1'790'000'000;

Result<TimeSpan> span_of(const Args& args) {
  CommandLine line{"tool", "[OPTIONS]", "Tests."};
  add_time_options(line.options, "from then on", "up to then");
  const ParsedOptions parsed = parse_options(line, args);
  EXPECT_FALSE(parsed.finished);
  return time_span(parsed, kMoment);
}

TEST(TimeSpan, IsWhatSacctWouldTake) {
  const Args ways[] = {{"-S", "now-1days", "-E", "uts1789999999"},
                       {"--starttime=now-1days", "--endtime", "uts1789999999"},
                       {"-Snow-1days", "--end=uts1789999999"}};
  for (const Args& args : ways) {
    const auto span = span_of(args);
    ASSERT_TRUE(span) << span.error().message;
    EXPECT_EQ(span->start_s, kMoment - 86'400);
    EXPECT_EQ(span->end_s, 1'789'999'999);
  }
}

TEST(TimeSpan, HasNoEndThatWasNotGiven) {
  const auto span = span_of({"-S", "now"});
  ASSERT_TRUE(span);
  EXPECT_EQ(span->start_s, kMoment);
  EXPECT_FALSE(span->end_s);
  EXPECT_FALSE(span_of({})->start_s);
}

TEST(TimeSpan, NamesTheOptionThatIsNoTime) {
  const auto said = [](const Args& args) { return span_of(args).error().message; };
  EXPECT_NE(said({"-S", "yesterdy"}).find("--starttime: invalid time"), std::string::npos);
  EXPECT_NE(said({"-E", "2026-13-45"}).find("--endtime: invalid time"), std::string::npos);
  EXPECT_EQ(said({"-S", "now", "-E", "now-1hours"}), "--starttime is after --endtime");
}

}  // namespace
}  // namespace foreshape
