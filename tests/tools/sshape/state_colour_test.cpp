// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/state_colour.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(StateColour, IsThatOfTheStateByNameAndLetters) {
  const struct {
    const char *field, *text;
    CellColour want;
  } cases[] = {
      {"State", "COMPLETED", CellColour::green},   {"ST", "CD", CellColour::green},
      {"State", "OUT_OF_MEMORY", CellColour::red}, {"ST", "TO", CellColour::red},
      {"State", "RUNNING", CellColour::cyan},      {"State", "PENDING", CellColour::yellow},
      {"State", "CANCELLED", CellColour::none},    {"State", "", CellColour::none},
      {"JobName", "FAILED", CellColour::none},     {"Outcome", "hit,open", CellColour::green},
      {"Outcome", "miss", CellColour::red},        {"Outcome", "dry-run", CellColour::none},
  };
  for (const auto& c : cases) EXPECT_EQ(state_colour(c.field, c.text), c.want) << c.field << ' ' << c.text;
}

TEST(StateColour, IsWantedOnATerminalUnlessTheUserSaysOtherwise) {
  const struct {
    const char* why;
    ColourWhen when;
    bool is_terminal;
    const char *no_color, *term;
    bool want;
  } cases[] = {
      {"a terminal", ColourWhen::automatic, true, nullptr, "xterm", true},
      {"a file or pipe", ColourWhen::automatic, false, nullptr, "xterm", false},
      {"no colour anywhere", ColourWhen::automatic, true, "1", "xterm", false},
      {"NO_COLOR that is empty", ColourWhen::automatic, true, "", "xterm", true},
      {"a terminal without colours", ColourWhen::automatic, true, nullptr, "dumb", false},
      {"none known", ColourWhen::automatic, true, nullptr, nullptr, false},
      {"for less -R", ColourWhen::always, false, "1", nullptr, true},
      {"never", ColourWhen::never, true, nullptr, "xterm", false},
  };
  for (const auto& c : cases)
    EXPECT_EQ(wants_colour(c.when, c.is_terminal, c.no_color, c.term), c.want) << c.why;
}

TEST(StateColour, IsChosenByOneOfThreeWords) {
  EXPECT_EQ(parse_colour("auto"), ColourWhen::automatic);
  EXPECT_EQ(parse_colour("always"), ColourWhen::always);
  EXPECT_EQ(parse_colour("never"), ColourWhen::never);
  EXPECT_EQ(parse_colour("yes"), std::nullopt);
}

}  // namespace
}  // namespace foreshape
