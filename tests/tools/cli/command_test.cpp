// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/command.h"

#include <array>
#include <gtest/gtest.h>
#include <stdexcept>

namespace foreshape {
namespace {

constexpr auto kCommands = std::to_array<Command>({
    {"ingest", "reads history", [](const Args& args) { return args.empty() ? int{kDone} : int{kFailed}; }},
    {"break", "throws", [](const Args&) -> int { throw std::runtime_error("the disk \x1b[31mis red"); }},
});

int run(const Args& args) { return dispatch("tool", "Tests.", kCommands, args); }

TEST(Dispatch, AnswersWithTheExitCodesOfTheManual) {
  const struct {
    const char* why;
    Args args;
    int want;
  } cases[] = {
      {"help", {"--help"}, kDone},
      {"short help", {"-h"}, kDone},
      {"version", {"--version"}, kDone},
      {"a command that works", {"ingest"}, kDone},
      {"a command that fails, its words passed on", {"ingest", "file"}, kFailed},
      {"no command", {}, kUsage},
      {"an unknown command", {"inject"}, kUsage},
      {"an exception ends as a failure", {"break"}, kFailed},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(run(c.args), c.want);
  }
}

TEST(Dispatch, SuggestsTheNearestName) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(run({"ingset"}), kUsage);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "tool: error: unknown command 'ingset'; did you mean 'ingest'? (see tool --help)\n");
}

TEST(NearestName, IsSilentWhereNothingIsNear) {
  constexpr std::array<std::string_view, 3> known{"ingest", "snapshot", "status"};
  EXPECT_EQ(nearest_name("statsu", known), "status");
  EXPECT_EQ(nearest_name("snap", known), "");
  EXPECT_EQ(nearest_name("", known), "");
  EXPECT_EQ(nearest_name(std::string(100'000, 'x'), known), "");
}

TEST(ReportFailure, WritesOneHarmlessLine) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(report_failure("tool", {ErrorCode::internal, "two\nlines \x1b[2J\n"}), kFailed);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "tool: error: two lines ?[2J\n");
}

}  // namespace
}  // namespace foreshape
