// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/sshape_options.h"

#include <cstdlib>
#include <gtest/gtest.h>

#include "tools/sshape/job_advice.h"
#include "tools/sshape/job_fields.h"
#include "tools/sshape/name_fields.h"
#include "tools/sshape/savings_fields.h"
#include "tools/sshape/summary_fields.h"
#include "tools/sshape/view_fields.h"

namespace foreshape {
namespace {

using Words = std::vector<std::string>;

constexpr UnixSeconds kNow = 1'795'312'297;       // 2026-11-22T01:51:37 UTC
constexpr UnixSeconds kMidnight = 1'795'305'600;  // 2026-11-22T00:00:00 UTC

class ShapeOptionsTest : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    ::unsetenv("SSHAPE_FORMAT");
  }
  static ShapeOptions parsed(const Args& args, bool is_root = false) {
    return parse_shape_options(args, {"alice", is_root, kNow}).value();
  }
};

TEST_F(ShapeOptionsTest, HaveSacctsDefaults) {
  const ShapeOptions options = parsed({});
  EXPECT_EQ(options.view, View::jobs);
  EXPECT_EQ(options.filter.users, Words{"alice"});
  EXPECT_EQ(options.filter.start_s, kMidnight);
  EXPECT_EQ(options.filter.end_s, kNow);
  EXPECT_EQ(options.format, kDefaultJobFormat);
  EXPECT_FALSE(options.wants_others);
}

TEST_F(ShapeOptionsTest, HaveSacctsDefaultTimeWindow) {
  EXPECT_EQ(parsed({"-s", "CD"}).filter.start_s, kNow);
  EXPECT_EQ(parsed({"-j", "12"}).filter.start_s, std::nullopt);
  EXPECT_EQ(parsed({"-j", "12", "-s", "CD"}).filter.start_s, std::nullopt);
  EXPECT_EQ(parsed({"-S", "now-1hour", "-s", "CD"}).filter.start_s, kNow - 3'600);
  EXPECT_EQ(parsed({"-S", "now-7days", "-E", "now-1days"}).filter.end_s, kNow - 86'400);
}

TEST_F(ShapeOptionsTest, ShowEverybodyToRootAndForAJobByNumber) {
  EXPECT_TRUE(parsed({}, true).filter.users.empty());
  EXPECT_TRUE(parsed({"-j", "12"}).filter.users.empty());
  EXPECT_EQ(parsed({"-j", "12", "-u", "bob"}).filter.users, Words{"bob"});
  EXPECT_TRUE(parsed({"-a"}).filter.users.empty());
  EXPECT_EQ(parsed({"-u", "bob", "-a"}).filter.users, std::vector<std::string>{"bob"});
  EXPECT_EQ(parsed({"348", "349_1"}).filter.jobs, (std::vector<std::string>{"348", "349_1"}));
  EXPECT_TRUE(parsed({"-a"}).wants_others);
}

TEST_F(ShapeOptionsTest, TakeListsInEveryWay) {
  const ShapeOptions options =
      parsed({"-ubob,carol", "--user=dave", "-A", "physics", "-r", "main,gpu", "-q", "normal", "--name",
              "relax", "-j", "12.batch,13_4", "-s", "cd,f", "-M", "lab"});
  EXPECT_EQ(options.filter.users, (Words{"bob", "carol", "dave"}));
  EXPECT_EQ(options.filter.accounts, Words{"physics"});
  EXPECT_EQ(options.filter.partitions, (Words{"main", "gpu"}));
  EXPECT_EQ(options.filter.jobs, (Words{"12", "13_4"}));
  EXPECT_EQ(options.filter.states, (Words{"COMPLETED", "FAILED"}));
  EXPECT_EQ(options.filter.clusters, Words{"lab"});
  EXPECT_EQ(options.filter.names, Words{"relax"});
}

TEST_F(ShapeOptionsTest, ChooseTheViewAndItsFormat) {
  EXPECT_EQ(parsed({"summary"}).view, View::summary);
  EXPECT_EQ(parsed({"--summary"}).view, View::summary);
  EXPECT_EQ(parsed({"holds"}).view, View::holds);
  EXPECT_EQ(parsed({"why", "12_3"}).filter.jobs, Words{"12_3"});
  EXPECT_EQ(parsed({"-o", "jobid,user%20", "-o", "state"}).format, "jobid,user%20,state");
  EXPECT_EQ(parsed({"-l"}).format, kLongJobFormat);
  ::setenv("SSHAPE_FORMAT", "jobid", 1);
  EXPECT_EQ(parsed({}).format, "jobid");
  EXPECT_EQ(parsed({"-o", "user"}).format, "user");
}

TEST_F(ShapeOptionsTest, ShowEveryTableOn80ColumnsUnlessMoreIsRequested) {
  const auto heading = [](const Args& args) {
    const ShapeOptions options = parsed(args);
    const auto columns = parse_format(options.format, field_names(options.view));
    EXPECT_TRUE(columns) << options.format;
    return heading_text(*columns, {}).find('\n');
  };
  for (const char* view : {"jobs", "4711", "summary", "names", "holds", "savings", "stage"}) {
    SCOPED_TRACE(view);
    EXPECT_LE(heading({view}), 80U);
    EXPECT_LE(heading({view, "-a"}), 80U);
    EXPECT_GT(heading({view, "-l"}), 80U);
  }
  for (const char* by : {"week", "user", "qos"}) EXPECT_LE(heading({"savings", "--by", by}), 80U);
  for (const char* by : {"user", "account", "name", "array"})
    EXPECT_LE(heading({"summary", "--by", by}), 80U) << by;
  EXPECT_GT(heading({"shadow", "-l"}), 80U);
}

TEST_F(ShapeOptionsTest, GiveProgramsTheFieldsThatNoWidthLimits) {
  EXPECT_EQ(parsed({"-P"}).format, kWideJobFormat);
  EXPECT_NE(parsed({"summary", "-p"}).format, parsed({"summary"}).format);
  EXPECT_EQ(parsed({"holds", "-P"}).format, kWideHoldFormat);
  EXPECT_EQ(parsed({"names", "-a", "-P"}).format, kWideNamesOfOthersFormat);
  EXPECT_EQ(parsed({"names", "-P", "-o", "user"}).format, "user");
}

TEST_F(ShapeOptionsTest, ShowAJobByItsNumberAsACardOrATable) {
  const ShapeOptions card = parsed({"4711"});
  EXPECT_EQ(card.view, View::job);
  EXPECT_TRUE(card.prose);
  EXPECT_TRUE(card.filter.users.empty()) << "whoever it belongs to";
  EXPECT_EQ(card.filter.start_s, std::nullopt);
  EXPECT_EQ(parsed({"4711", "-P"}).format, kAdvisedJobFormat);
  EXPECT_EQ(parsed({"4711", "-l"}).format, kLongJobFormat);
  for (const char* table : {"-l", "-p", "-P", "-ojobid"}) EXPECT_FALSE(parsed({"4711", table}).prose);
  EXPECT_EQ(parsed({"-j", "4711"}).view, View::jobs);
}

TEST_F(ShapeOptionsTest, ShowOnesOwnJobsByNameWithMe) {
  const ShapeOptions me = parsed({"--me"}, true);
  EXPECT_EQ(me.view, View::names);
  EXPECT_EQ(me.filter.users, Words{"alice"}) << "also as root";
  EXPECT_EQ(me.filter.start_s, kMidnight - 28 * 86'400);
  EXPECT_EQ(me.format, kDefaultNameFormat);
  EXPECT_EQ(parsed({"--me", "-S", "now-1hour"}).filter.start_s, kNow - 3'600);
  EXPECT_EQ(parsed({"--me", "jobs"}, true).view, View::jobs);
  EXPECT_EQ(parsed({"--me", "jobs"}, true).filter.start_s, kMidnight);
  EXPECT_EQ(parsed({"--me", "-j", "12"}, true).filter.users, Words{"alice"});
  EXPECT_TRUE(parsed({"--me", "--sbatch"}).sbatch);
}

TEST_F(ShapeOptionsTest, ShowDryRunsOfEverybodyByWholeWeeks) {
  const ShapeOptions shadow = parsed({"shadow"});
  EXPECT_EQ(shadow.view, View::shadow);
  EXPECT_TRUE(shadow.filter.users.empty());
  EXPECT_EQ(shadow.filter.start_s, kMidnight - (28 + 6) * 86'400) << "a Monday; now it is Sunday";
  EXPECT_TRUE(shadow.prose);
  EXPECT_FALSE(parsed({"shadow", "-P"}).prose);
}

TEST_F(ShapeOptionsTest, ShowSavingsByWholeWeeksOfWhomeverIsMeant) {
  const ShapeOptions savings = parsed({"savings"});
  EXPECT_EQ(savings.filter.start_s, kMidnight - (28 + 6) * 86'400);
  EXPECT_EQ(savings.filter.users, Words{"alice"});
  EXPECT_TRUE(parsed({"savings"}, true).filter.users.empty()) << "root sees all";
  EXPECT_EQ(savings.by, SavingsBy::week);
  EXPECT_EQ(parsed({"savings", "--by", "qos"}).format, savings_format(SavingsBy::qos, false));
  EXPECT_EQ(parsed({"savings", "--by=user", "-l"}).format, savings_format(SavingsBy::user, true));
}

TEST_F(ShapeOptionsTest, SummariseByUserAccountNameOrArray) {
  EXPECT_EQ(parsed({"summary"}).summary_by, SummaryBy::user);
  EXPECT_EQ(parsed({"summary", "--by", "account"}).summary_by, SummaryBy::account);
  EXPECT_EQ(parsed({"summary", "--by=name"}).summary_by, SummaryBy::name);
  EXPECT_EQ(parsed({"--summary", "--by=array"}).summary_by, SummaryBy::array);
}

TEST_F(ShapeOptionsTest, WriteAPageIntoTheFileAsItIsNamed) {
  const ShapeOptions html = parsed({"html", "-o", "week, 48.html"});
  EXPECT_EQ(html.page, "week, 48.html");
  EXPECT_EQ(html.filter.start_s, kMidnight - (28 + 6) * 86'400);
  EXPECT_EQ(parsed({"html"}).page, "") << "standard output";
  EXPECT_EQ(parsed({"jobs", "-o", "jobid"}).page, "");
}

TEST_F(ShapeOptionsTest, ChooseTheStyle) {
  const ShapeOptions options = parsed({"-nP", "--delimiter=;", "--units=g"});
  EXPECT_EQ(options.style.separation, Separation::bars_between);
  EXPECT_EQ(options.style.delimiter, ";");
  EXPECT_FALSE(options.style.heading);
  EXPECT_EQ(options.unit, Unit::giga);
  EXPECT_EQ(parsed({"-p"}).style.separation, Separation::bars_after_all);
  EXPECT_TRUE(parsed({"--json"}).json);
  EXPECT_TRUE(parsed({"-X", "-e"}).help_format);
}

TEST_F(ShapeOptionsTest, EndWithTheRightCode) {
  const struct {
    const char* why;
    Args args;
    ExitCode want;
  } cases[] = {
      {"help", {"-h"}, kDone},
      {"no time", {"-S", "yesteryear"}, kUsage},
      {"no state", {"-s", "done"}, kUsage},
      {"no unit", {"--units", "X"}, kUsage},
      {"no view", {"report"}, kUsage},
      {"no job to explain", {"why"}, kUsage},
      {"a word too many", {"summary", "12"}, kUsage},
      {"start after end", {"-S", "now", "-E", "now-1hour"}, kUsage},
      {"unknown option", {"--frob"}, kUsage},
      {"dry runs of one user", {"shadow", "-u", "bob"}, kUsage},
      {"savings by no such thing", {"savings", "--by=month"}, kUsage},
      {"savings of a state", {"savings", "-s", "CD"}, kUsage},
      {"jobs by user", {"jobs", "--by=user"}, kUsage},
      {"a summary by week", {"summary", "--by=week"}, kUsage},
      {"a page into no file", {"html", "-o", ""}, kUsage},
      {"a page as JSON", {"html", "--json"}, kUsage},
      {"mine and others'", {"--me", "-a"}, kUsage},
      {"lines for scripts of no names", {"holds", "--sbatch"}, kUsage},
      {"lines for scripts as JSON", {"names", "--sbatch", "--json"}, kUsage},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto options = parse_shape_options(c.args, {"alice", false, kNow});
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error(), c.want);
  }
}

}  // namespace
}  // namespace foreshape
