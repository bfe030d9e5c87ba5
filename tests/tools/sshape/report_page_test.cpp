// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/html/report_page.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

constexpr const char* kHostile = "</style><script>alert('1')</script>\"><img src=x onerror=\"x\">&\x1b[2J";

/// One user, week and hold, all names hostile.
WeeklyReport hostile_report() {
  WeeklyReport report;
  report.whose = kHostile;
  report.waits = {{.week_s = 1'795'392'000, .jobs = 3, .started = 3, .mean_s = 60, .median_s = 30}};
  report.users.resize(1);
  report.users[0].user = kHostile;
  report.user_savings.resize(1);
  report.user_savings[0].group = kHostile;
  report.user_savings[0].gib_hours_given_back = 12.5;
  report.holds.resize(1);
  report.holds[0].user = kHostile;
  report.savings.resize(1);
  report.savings[0].week_s = 1'795'392'000;
  return report;
}

TEST(ReportPage, LeavesNoNameThatMeansSomething) {
  const std::string html = report_page(hostile_report());
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("<img"), std::string::npos);
  EXPECT_EQ(html.find('\x1b'), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(html.find(">12.5</td>"), std::string::npos) << "the user's savings stand in their row";
}

TEST(ReportPage, FetchesNothing) {
  const std::string html = report_page(hostile_report());
  for (const char* what : {"http:", "https:", "src=\"", "url(", "@import", "<link rel=\"stylesheet"})
    EXPECT_EQ(html.find(what), std::string::npos) << what;
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
}

TEST(ReportPage, OfNothingHasNoFigureThatIsNone) {
  const std::string html = report_page({});
  EXPECT_EQ(html.find("nan"), std::string::npos);
  EXPECT_EQ(html.find("inf"), std::string::npos);
  EXPECT_NE(html.find("no job that was predicted and measured"), std::string::npos);
  EXPECT_NE(html.find("\xE2\x80\x93</b><span>mean wait"), std::string::npos) << "not 0 s";
}

}  // namespace
}  // namespace foreshape
