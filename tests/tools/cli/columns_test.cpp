// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/columns.h"

#include <array>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

constexpr std::array<FieldName, 4> kFields{{{"JobID", -6}, {"JobIDRaw", 6}, {"JobName", 8}, {"State", 5}}};

std::vector<Column> columns(std::string_view format) { return parse_format(format, kFields).value(); }

TEST(ParseFormat, TakesTheFirstFieldThatBeginsSo) {
  const auto found = columns("job,JOBNAME%-12,st%3,jobidr");
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].name, "JobID");
  EXPECT_EQ(found[0].width, -6);
  EXPECT_EQ(found[1].name, "JobName");
  EXPECT_EQ(found[1].width, -12);
  EXPECT_EQ(found[2].width, 3);
  EXPECT_EQ(found[3].field, 1U);
  EXPECT_EQ(columns("ALL").size(), kFields.size());
}

TEST(ParseFormat, SaysWhatIsWrong) {
  const struct {
    const char* format;
    const char* want;
  } cases[] = {
      {"statf", "invalid field requested: 'statf'; did you mean 'State'?"},
      {"nothing\n", "invalid field requested: 'nothing'"},
      {"state%x", "invalid width in 'state%x': a number of at most 4096"},
      {"state%99999999999", "invalid width in 'state%99999999999': a number of at most 4096"},
      {"%5", "invalid field requested: ''"},
      {"", "no field is requested"},
      {",,", "no field is requested"},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_format(c.format, kFields).error().message, c.want);
}

TEST(Table, LooksLikeSaccts) {
  const auto shown = columns("jobid,jobname,state");
  EXPECT_EQ(heading_text(shown, {}), "JobID   JobName State \n------ -------- ----- \n");
  EXPECT_EQ(row_text(shown, {"12", "relax", "COMPLETED"}, {}), "12        relax COMP+ \n");
  TableStyle bars{Separation::bars_between, "|", true};
  EXPECT_EQ(heading_text(shown, bars) + row_text(shown, {"12", "relax", "COMPLETED"}, bars),
            "JobID|JobName|State\n12|relax|COMPLETED\n");
  bars.separation = Separation::bars_after_all;
  EXPECT_EQ(row_text(shown, {"12", "", "F"}, bars), "12||F|\n");
  bars.heading = false;
  EXPECT_EQ(heading_text(shown, bars), "");
}

TEST(Table, CountsCharactersNotBytes) {
  const auto shown = columns("jobname%5");
  EXPECT_EQ(row_text(shown, {"öäüß"}, {}), " öäüß \n");
  EXPECT_EQ(row_text(shown, {"öäüßöä"}, {}), "öäüß+ \n");
  EXPECT_EQ(row_text(columns("jobname%0"), {"x"}, {}), " \n");
}

TEST(Table, NeutralisesWhatUsersWrote) {
  const auto shown = columns("jobname%20,state");
  EXPECT_EQ(row_text(shown, {"\x1b[2J\nroot|ok\xff", "F"}, {}), "       ?[2J?root|ok?     F \n");
  EXPECT_EQ(row_text(shown, {"a|b\n", "F"}, {Separation::bars_between, "|", true}), "a?b?|F\n");
}

}  // namespace
}  // namespace foreshape
