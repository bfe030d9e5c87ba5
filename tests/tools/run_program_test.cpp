#include "tools/run_program.h"

#include <gtest/gtest.h>

namespace foreshape {

TEST(RunProgram, AnswersItsOutput) {
  EXPECT_EQ(run_program({"printf", "%s|%s", "a b", "$(id); `id`"}).value(), "a b|$(id); `id`");
  EXPECT_EQ(run_program({"cat"}).value(), "");
  EXPECT_EQ(run_program({"head", "-c", "300000", "/dev/zero"}).value().size(), 300'000U);
}

TEST(RunProgram, SaysWhatWentWrong) {
  EXPECT_EQ(run_program({"/no/such/program"}).error().code, ErrorCode::not_found);
  const auto failed = run_program({"sh", "-c", "echo words; echo the reason >&2; exit 3"});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "sh: the reason");
  EXPECT_EQ(run_program({"false"}).error().message, "false: failed without a word");
}

TEST(RunProgram, IsBoundedInTimeAndSize) {
  EXPECT_EQ(run_program({"sleep", "60"}, {.time = std::chrono::milliseconds{50}}).error().code,
            ErrorCode::deadline);
  EXPECT_EQ(run_program({"cat", "/dev/zero"}, {.output_bytes = 1'000'000}).error().code,
            ErrorCode::unavailable);
}

}  // namespace foreshape
