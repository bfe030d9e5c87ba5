// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/text.h"

#include <gtest/gtest.h>

namespace foreshape {

TEST(Harmless, KeepsWhatAPersonMayReadAndNothingElse) {
  const struct {
    const char* why;
    std::string in, want;
  } cases[] = {
      {"plain", "relax_01", "relax_01"},
      {"other scripts stay", "na\xC3\xAFve \xE6\x97\xA5", "na\xC3\xAFve \xE6\x97\xA5"},
      {"terminal escape", "\x1B[2Jx", "?[2Jx"},
      {"newline and tab", "a\nb\tc", "a?b?c"},
      {"C1 control as UTF-8", "a\xC2\x9Bm", "a?m"},
      {"right-to-left override",
       "a\xE2\x80\xAE"
       "b",
       "a?b"},
      {"stray continuation", "\x80\x80", "??"},
      {"overlong slash", "\xC0\xAF", "??"},
      {"surrogate", "\xED\xA0\x80", "???"},
      {"cut sequence", "a\xE6\x97", "a??"},
      {"NUL inside", std::string("a\0b", 3), "a?b"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(harmless(c.in), c.want);
  }
}

TEST(BoundedText, CutsBetweenCharacters) {
  EXPECT_EQ(BoundedText<4>("abcdef").view(), "abcd");
  EXPECT_EQ(BoundedText<4>("abc\xC3\xA9").view(), "abc");
  EXPECT_EQ(BoundedText<4>("").view(), "");
  EXPECT_EQ(BoundedText<2>("\x80\x80\x80").view(), "");
}

}  // namespace foreshape
