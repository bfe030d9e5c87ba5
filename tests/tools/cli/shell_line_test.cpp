// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/shell_line.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(ShellLine, CanBeTypedAgain) {
  const struct {
    Args args;
    const char* line;
  } cases[] = {
      {{}, "foreshape replay"},
      {{"--site", "--html", "page.html"}, "foreshape replay --site --html page.html"},
      {{"-p", "slurm-key+hold:kernel,easy++", "a b.swf"},
       "foreshape replay -p slurm-key+hold:kernel,easy++ 'a b.swf'"},
      {{"it's", "$(rm)", ""}, "foreshape replay 'it'\\''s' '$(rm)' ''"},
      {{"--from=now-1weeks"}, "foreshape replay --from=now-1weeks"},
  };
  for (const auto& c : cases) EXPECT_EQ(shell_line("foreshape replay", c.args), c.line);
}

TEST(ShellLine, KeepsHowTheStoreIsReachedToItself) {
  EXPECT_EQ(shell_line("p", {"--db", "password=secret", "--site"}), "p --db CONNINFO --site");
  EXPECT_EQ(shell_line("p", {"--db=host=x password=secret"}), "p --db=CONNINFO");
  EXPECT_EQ(shell_line("p", {"--db", "--db", "x"}), "p --db CONNINFO x") << "the second is the first's value";
}

}  // namespace
}  // namespace foreshape
