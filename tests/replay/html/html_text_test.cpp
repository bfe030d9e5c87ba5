// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/html/html_text.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

constexpr const char* kHostile = "</style><script>alert('1')</script>\"><img src=x onerror=\"x\">&\x1b[2J";

TEST(HtmlEscaped, LeavesNothingThatMeansSomethingInHtml) {
  const std::string escaped = html_escaped(kHostile);
  EXPECT_EQ(escaped.find_first_of("<>\"'\x1b"), std::string::npos) << escaped;
  EXPECT_EQ(html_escaped("a&b"), "a&amp;b");
  EXPECT_EQ(html_escaped("plain text"), "plain text");
}

TEST(DurationText, ReadsLikeAPersonWouldSayIt) {
  EXPECT_EQ(duration_text(0), "0 s");
  EXPECT_EQ(duration_text(99), "99 s");
  EXPECT_EQ(duration_text(600), "10 min");
  EXPECT_EQ(duration_text(5'400), "1.5 h");
  EXPECT_EQ(duration_text(7 * 86'400), "7.0 d");
}

TEST(HtmlDocument, ForbidsTheBrowserWhateverWouldBeFetched) {
  const std::string html = html_document("a title", "<h1>what</h1>", "foreshape");
  EXPECT_TRUE(html.starts_with("<!DOCTYPE html><html lang=\"en\">"));
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(html.find("<main><h1>what</h1><footer>Made by foreshape."), std::string::npos);
}

}  // namespace
}  // namespace foreshape
