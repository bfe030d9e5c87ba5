// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/child_process.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace foreshape {
namespace {

using std::chrono::milliseconds;

ChildEnd end_of(const std::vector<std::string>& argv, const ChildSettings& settings = {}) {
  auto child = ChildProcess::start(argv, settings);
  EXPECT_TRUE(child) << child.error().message;
  auto end = child->finish();
  EXPECT_TRUE(end) << end.error().message;
  return *end;
}

TEST(OutputOf, IsWhatTheProgramWrote) {
  EXPECT_EQ(output_of({"printf", "%s|%s", "a b", "$(id); `id`"}).value(), "a b|$(id); `id`");
  EXPECT_EQ(output_of({"cat"}).value(), "") << "its standard input is empty";
  EXPECT_EQ(output_of({"head", "-c", "300000", "/dev/zero"}).value().size(), 300'000U);
}

TEST(OutputOf, SaysWhatWentWrong) {
  const auto failed = output_of({"sh", "-c", "echo words; echo the reason >&2; exit 3"});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "sh: exit code 3: the reason");
  EXPECT_EQ(output_of({"false"}).error().message, "false: exit code 1");
  EXPECT_EQ(output_of({"sh", "-c", "kill -9 $$"}).error().message, "sh: ended by signal 9");
}

TEST(OutputOf, IsBoundedInTimeAndSize) {
  EXPECT_EQ(output_of({"sleep", "60"}, {.time = milliseconds{50}}).error().code, ErrorCode::deadline);
  EXPECT_EQ(output_of({"sh", "-c", "exec >&- 2>&-; sleep 60"}, {.time = milliseconds{50}}).error().message,
            "sh: no answer in 0.05 s")
      << "also where it closed what we read";
  EXPECT_EQ(output_of({"cat", "/dev/zero"}, {.output_bytes = 1'000'000}).error().code,
            ErrorCode::unavailable);
}

TEST(ChildProcess, TellsAMissingProgramAtOnce) {
  for (const ChildOutput output : {ChildOutput::captured, ChildOutput::streamed, ChildOutput::passed_on}) {
    const auto path = ChildProcess::start({"/no/such/program"}, {.output = output});
    ASSERT_FALSE(path);
    EXPECT_EQ(path.error().code, ErrorCode::not_found);
    EXPECT_EQ(path.error().message, "/no/such/program: no such program");
  }
  EXPECT_EQ(ChildProcess::start({"no-such-program"}).error().message,
            "no-such-program: not found in PATH; is it installed?");
  EXPECT_EQ(ChildProcess::start({"/etc/passwd"}).error().message,
            "/etc/passwd: cannot be started: Permission denied");
}

TEST(ChildProcess, TellsExitCodeAndSignalApart) {
  for (const ChildOutput output : {ChildOutput::captured, ChildOutput::streamed, ChildOutput::passed_on}) {
    const ChildEnd code = end_of({"sh", "-c", "exit 9"}, {.output = output});
    EXPECT_EQ(code.exit_code, 9);
    EXPECT_EQ(code.signal, 0);
    const ChildEnd killed = end_of({"sh", "-c", "kill -9 $$"}, {.output = output});
    EXPECT_EQ(killed.signal, SIGKILL);
    EXPECT_FALSE(killed.is_success());
    EXPECT_TRUE(end_of({"true"}, {.output = output}).is_success());
  }
}

TEST(ChildProcess, ReadsItsInput) {
  const std::string much(3'000'000, 'x');  // more than any pipe holds
  EXPECT_EQ(end_of({"cat"}, {.input = "two\nlines\n"}).output, "two\nlines\n");
  EXPECT_EQ(end_of({"wc", "-c"}, {.input = much}).output, "3000000\n");
  EXPECT_TRUE(end_of({"true"}, {.input = much}).is_success()) << "it need not read it";
}

TEST(ChildProcess, HasOurEnvironmentAndWhatIsAdded) {
  ::setenv("FORESHAPE_TEST_OURS", "old", 1);
  ::setenv("FORESHAPE_TEST_OURS_TOO", "kept", 1);
  const std::vector<std::string> show = {
      "sh", "-c", "echo $FORESHAPE_TEST_OURS $FORESHAPE_TEST_OURS_TOO $FORESHAPE_TEST_NEW"};
  EXPECT_EQ(
      end_of(show, {.environment = {{"FORESHAPE_TEST_OURS", "new"}, {"FORESHAPE_TEST_NEW", "1"}}}).output,
      "new kept 1\n");
  EXPECT_STREQ(std::getenv("FORESHAPE_TEST_OURS"), "old");
}

TEST(ChildProcess, StreamsItsOutputThroughAPath) {
  auto child = ChildProcess::start({"seq", "100000"}, {.output = ChildOutput::streamed});
  ASSERT_TRUE(child);
  std::ostringstream text;
  text << std::ifstream{child->output_path()}.rdbuf();
  EXPECT_TRUE(text.str().ends_with("\n100000\n"));
  const auto end = child->finish();
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->is_success());
  EXPECT_EQ(end->output, "");
}

TEST(ChildProcess, EndsWithItsOwner) {
  const auto began = std::chrono::steady_clock::now();
  { const auto child = ChildProcess::start({"sleep", "60"}, {.output = ChildOutput::streamed}); }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{30});
}

}  // namespace
}  // namespace foreshape
