// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/step.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "tools/cli/site_file.h"
#include "tools/setup/marked_block.h"
#include "tools/setup/site_variables.h"
#include "tools/setup/written_file.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;

/// A step over a flag: done while it is set.
SetupStep flag_step(const std::string& name, bool& is_set, std::string& order) {
  return {.name = name,
          .check =
              [&is_set] {
                return StepFinding{is_set ? StepState::done : StepState::open, "set"};
              },
          .make = [&is_set, &order, name]() -> Result<void> {
            is_set = true;
            order += name;
            return {};
          },
          .check_removal =
              [&is_set] {
                return StepFinding{is_set ? StepState::open : StepState::done, "unset"};
              },
          .remove = [&is_set, &order, name]() -> Result<void> {
            is_set = false;
            order += name;
            return {};
          }};
}

TEST(Steps, AreMadeOnceInOrderAndTakenBackBackwards) {
  bool a = false, b = true, c = false;
  std::string order, said;
  const std::vector<SetupStep> steps = {flag_step("a", a, order), flag_step("b", b, order),
                                        flag_step("c", c, order)};
  const auto told = [&said](const std::string& line) { said += line + "\n"; };
  ASSERT_EQ(take_steps(steps, Direction::make, true, told)->changed, 2);
  EXPECT_EQ(order, "") << "a dry run changes nothing";
  EXPECT_NE(said.find("would: set"), std::string::npos);
  ASSERT_EQ(take_steps(steps, Direction::make, false, told)->changed, 2);
  EXPECT_EQ(order, "ac");
  ASSERT_EQ(take_steps(steps, Direction::make, false, told)->changed, 0);
  ASSERT_EQ(take_steps(steps, Direction::remove, false, told)->changed, 3);
  EXPECT_EQ(order, "accba");
}

TEST(Steps, StopAtTheFirstFailureAndNameIt) {
  bool a = false, c = false;
  std::string order;
  SetupStep bad = flag_step("b", a, order);
  bad.check = []() -> Result<StepFinding> { return failure(ErrorCode::unavailable, "no server"); };
  const auto counts =
      take_steps({bad, flag_step("c", c, order)}, Direction::make, false, [](const std::string&) {});
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().message, "b: no server");
  EXPECT_FALSE(c);
}

TEST(TextOfAFileToChange, IsNotReadThroughALink) {
  std::string root = testing::TempDir() + "foreshape_setup_XXXXXX";
  ASSERT_NE(::mkdtemp(root.data()), nullptr);
  std::ofstream(root + "/secret") << "root's own";
  EXPECT_EQ(text_or_none(root + "/secret"), std::string("root's own"));
  EXPECT_EQ(text_or_none(root + "/none"), std::string());
  EXPECT_EQ(text_or_none(root + "/none/x"), std::string());
  fs::create_symlink(root + "/secret", root + "/link");
  EXPECT_FALSE(text_or_none(root + "/link"));
  EXPECT_FALSE(text_or_none(root)) << "a directory";
  fs::create_hard_link(root + "/secret", root + "/second");
  EXPECT_FALSE(text_or_none(root + "/second"));
  fs::remove_all(root);
}

TEST(MarkedBlock, IsPutInReplacedAndTakenOut) {
  for (const std::string text : {"", "a\n", "local all all md5\n\nhost x\n"})
    for (const BlockPlace place : {BlockPlace::first, BlockPlace::last}) {
      const std::string made = with_block(text, "x=1\n", place);
      EXPECT_EQ(block_in(made), "x=1\n");
      EXPECT_EQ(with_block(made, "x=1\n", place), made);
      EXPECT_EQ(block_in(with_block(made, "y=2\n", place)), "y=2\n");
      EXPECT_EQ(with_block(made, "", place), text);
    }
}

TEST(SiteVariables, LeaveAloneWhatTheSiteHasSet) {
  const Variables wanted = {{"FORESHAPE_DB", "host=/run/x dbname=f"}};
  const auto fresh = with_variables("# ours\n", wanted);
  ASSERT_TRUE(fresh);
  EXPECT_EQ(variable_in(*fresh, "FORESHAPE_DB"), "host=/run/x dbname=f");
  EXPECT_EQ(with_variables(*fresh, wanted), *fresh);
  const std::string theirs = "FORESHAPE_DB='host=/run/x dbname=f'\n";
  EXPECT_EQ(with_variables(theirs, wanted), theirs) << "the same, said by the site";
  EXPECT_FALSE(with_variables("FORESHAPE_DB=dbname=other\n", wanted));
  EXPECT_FALSE(with_variables("", {{"FORESHAPE_DB", "dbname=\"$(rm)\""}}));
}

TEST(SiteFile, IsReadAsSystemdReadsIt) {
  const std::string text = "#A=0\nA=1\n  A = 2\nAB=3\nB=\"x y\"\nC='z'\nA=4 5 \n";
  EXPECT_EQ(variable_in(text, "A"), "4 5");
  EXPECT_EQ(variable_in(text, "B"), "x y");
  EXPECT_EQ(variable_in(text, "C"), "z");
  EXPECT_EQ(variable_in(text, "D"), "");
}

}  // namespace
}  // namespace foreshape
