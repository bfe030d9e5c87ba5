// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/html/html_table.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(HtmlTable, NamesEachValueForWhoSeesRowsAsBlocksOrHearsThem) {
  const std::string html =
      html_table({"waits", "Waits by week", {"Week", "Jobs"}, {{"2026-11-16", "3"}, {"All", "4"}}});
  EXPECT_NE(html.find("data-table=\"waits\"><caption>Waits by week</caption>"), std::string::npos);
  EXPECT_NE(html.find("<th scope=\"col\" role=\"columnheader\">Jobs</th>"), std::string::npos);
  EXPECT_NE(
      html.find("<th scope=\"row\" role=\"rowheader\">All</th><td role=\"cell\" data-label=\"Jobs\">4</td>"),
      std::string::npos);
}

}  // namespace
}  // namespace foreshape
