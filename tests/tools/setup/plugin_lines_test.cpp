// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/plugin_lines.h"

#include <gtest/gtest.h>
#include <random>

#include "tools/setup/slurm_conf_text.h"

namespace foreshape {
namespace {

const PluginPlaces kPlaces{"/opt/f", "/usr/lib/slurm"};

Result<std::string> with(const std::string& text) { return with_plugin_lines({text, {}}, kPlaces); }
Result<std::string> without(const std::string& text) { return without_plugin_lines({text, {}}, kPlaces); }

/// What Slurm would read for that key; "" for none.
std::string read_value(const std::string& text, const char* key) {
  const ConfText conf = read_conf_text(text);
  const auto found = conf.find(key);
  EXPECT_LE(found.size(), 1U) << text;
  return found.empty() ? "" : found[0]->value;
}

TEST(PluginLines, StandBesideWhatASiteHasThere) {
  const struct {
    const char *why, *text, *directories, *submit;
  } cases[] = {
      {"an empty file", "", "/opt/f/dropin:/opt/f:/usr/lib/slurm", "foreshape"},
      {"nothing of these keys", "# a comment\n\nClusterName=a\n", "/opt/f/dropin:/opt/f:/usr/lib/slurm",
       "foreshape"},
      {"no line feed at the end", "ClusterName=a", "/opt/f/dropin:/opt/f:/usr/lib/slurm", "foreshape"},
      {"an unfinished last line", "ClusterName=a\\\n", "/opt/f/dropin:/opt/f:/usr/lib/slurm", "foreshape"},
      {"another plugin, in another case", "jobsubmitplugins=lua\n", "/opt/f/dropin:/opt/f:/usr/lib/slurm",
       "lua,foreshape"},
      {"several, quoted, with a comment",
       "JobSubmitPlugins = \"lua,all_partitions\" # ours\nPluginDir=/a:/b\n", "/opt/f/dropin:/opt/f:/a:/b",
       "lua,all_partitions,foreshape"},
      {"several keys in a line", "ClusterName=a PluginDir=/a  JobSubmitPlugins=lua\n",
       "/opt/f/dropin:/opt/f:/a", "lua,foreshape"},
      {"a line continued elsewhere", "Foo=a \\\n  Bar=b\nPluginDir=/a\n", "/opt/f/dropin:/opt/f:/a",
       "foreshape"},
      {"keys in comments", "#PluginDir=/x\nClusterName=a # JobSubmitPlugins=x\n",
       "/opt/f/dropin:/opt/f:/usr/lib/slurm", "foreshape"},
      {"line feeds of another system", "PluginDir=/a\r\nJobSubmitPlugins=lua\r\n", "/opt/f/dropin:/opt/f:/a",
       "lua,foreshape"},
      {"our scheduler by its own name", "SchedulerType=sched/foreshape\nPluginDir=/a\n", "/opt/f:/a",
       "foreshape"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto made = with(c.text);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(read_value(*made, "PluginDir"), c.directories);
    EXPECT_EQ(read_value(*made, "JobSubmitPlugins"), c.submit);
    EXPECT_EQ(with(*made), *made) << "a second time there is nothing to do";
    if (std::string_view(c.text).find("sched/foreshape") == std::string_view::npos) {
      EXPECT_EQ(without(*made), std::string(c.text)) << "taken out to the byte";
    }
  }
}

TEST(PluginLines, AreRefusedWhereItIsNotSureWhatSlurmReads) {
  const struct {
    const char *why, *text;
  } cases[] = {
      {"a key twice", "PluginDir=/a\nplugindir=/b\n"},
      {"continued over lines", "PluginDir=/a:\\\n/b\n"},
      {"an operator", "JobSubmitPlugins+=lua\n"},
      {"no pair", "PluginDir /a\n"},
      {"an open quote", "PluginDir=\"/a\n"},
      {"an empty value", "JobSubmitPlugins=\"\"\n"},
      {"an escaped character", "PluginDir=/a\\#b\n"},
      {"an include that nobody has read", "include other.conf\n"},
      {"another scheduler", "SchedulerType=sched/builtin\n"},
      {"ours, but not the last", "JobSubmitPlugins=foreshape,lua\n"},
      {"our directories behind Slurm's", "PluginDir=/usr/lib/slurm:/opt/f\n"},
  };
  for (const auto& c : cases) {
    const auto made = with(c.text);
    ASSERT_FALSE(made) << c.why;
    EXPECT_EQ(made.error().code, ErrorCode::invalid_input) << c.why;
  }
}

TEST(PluginLines, LookIntoWhatIsIncluded) {
  const std::string text = "Include nodes.conf\nClusterName=a\n";
  EXPECT_TRUE(with_plugin_lines({text, {{"nodes.conf", "NodeName=n1\n"}}}, kPlaces));
  EXPECT_FALSE(with_plugin_lines({text, {{"nodes.conf", std::nullopt}}}, kPlaces));
  EXPECT_FALSE(with_plugin_lines({text, {{"nodes.conf", "plugindir=/x\n"}}}, kPlaces));
  EXPECT_FALSE(with_plugin_lines({text, {{"nodes.conf", "include more.conf\n"}}}, kPlaces));
}

TEST(PluginLines, LeaveWhatASiteHasPutIntoThemSince) {
  const std::string mark = "  # added by foreshape setup\n";
  const std::string ours = "PluginDir=/opt/f/dropin:/opt/f:/usr/lib/slurm";
  const struct {
    const char* why;
    std::string text, left;
  } cases[] = {
      {"as they were written", ours + mark + "JobSubmitPlugins=foreshape" + mark + "ClusterName=a\n",
       "ClusterName=a\n"},
      {"another plugin", "JobSubmitPlugins=lua,foreshape" + mark, "JobSubmitPlugins=lua\n"},
      {"another directory", ours + ":/site" + mark, "PluginDir=/usr/lib/slurm:/site\n"},
      {"another directory alone", "PluginDir=/opt/f/dropin:/opt/f:/site" + mark, "PluginDir=/site\n"},
      {"another pair beside a directory", ours + " Foo=a" + mark, "PluginDir=/usr/lib/slurm Foo=a\n"},
      {"the scheduler as it was written", "SchedulerType=sched/backfill" + mark, ""},
      {"another pair beside the scheduler", "SchedulerType=sched/backfill Foo=a" + mark,
       "SchedulerType=sched/backfill Foo=a\n"},
      {"two of ours in one line", ours + " SchedulerType=sched/backfill" + mark + "Foo=a\n",
       "PluginDir=/usr/lib/slurm SchedulerType=sched/backfill\nFoo=a\n"},
  };
  for (const auto& c : cases) {
    const auto left = without(c.text);
    ASSERT_TRUE(left) << c.why << ": " << left.error().message;
    EXPECT_EQ(*left, c.left) << c.why;
  }
  EXPECT_FALSE(without("JobSubmitPlugins=foreshape Foo=a" + mark)) << "nothing is left, beside another pair";
}

TEST(PluginLines, OfPluginsThatAreGoneAreNotCalledNothing) {
  const struct {
    const char *text, *left;  // nullptr: refused
  } cases[] = {
      {"PluginDir=/usr/lib/foreshape/slurm/dropin:/usr/lib/foreshape/slurm:/usr/lib/slurm\n", nullptr},
      {"PluginDir=/usr/lib/foreshape/slurm:/usr/lib/slurm\n", nullptr},
      {"PluginDir=/opt/f/dropin:/opt/f:/usr/lib/slurm  # added by foreshape setup\n", nullptr},
      {"PluginDir=/usr/lib/slurm\n", "PluginDir=/usr/lib/slurm\n"},
      {"JobSubmitPlugins=lua,foreshape\n", "JobSubmitPlugins=lua\n"},
  };
  for (const auto& c : cases) {
    const auto left = without_plugin_lines({c.text, {}}, {"", "/usr/lib/slurm"});
    ASSERT_EQ(left.has_value(), c.left != nullptr) << c.text;
    if (left) {
      EXPECT_EQ(*left, c.left);
    } else {
      EXPECT_NE(left.error().message.find("--plugin-dir"), std::string::npos) << left.error().message;
    }
  }
}

/// Files put together at random from pieces that have led parsers astray.
TEST(PluginLines, OfAnyFileAreTakenOutToTheByteOrNotPutIn) {
  constexpr const char* kPieces[] = {"ClusterName=a",
                                     "\n",
                                     "\n",
                                     "\n",
                                     " ",
                                     "\t",
                                     "# c",
                                     "#",
                                     "\\",
                                     "\\\n",
                                     "\\\\",
                                     "\"",
                                     "=",
                                     "PluginDir=/a",
                                     "PluginDir = \"/a:/b\"",
                                     "plugindir=/a",
                                     "JobSubmitPlugins=lua",
                                     "JOBSUBMITPLUGINS=lua,x",
                                     "SchedulerType=sched/backfill",
                                     "Include x",
                                     "NodeName=n[1-2] CPUs=2",
                                     "\r\n",
                                     "PartitionName=p Nodes=ALL"};
  std::mt19937 dice(15);
  int put_in = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const std::size_t length = dice() % 12;
    for (std::size_t i = 0; i < length; ++i) text += kPieces[dice() % std::size(kPieces)];
    const auto made = with(text);
    if (!made) continue;
    ++put_in;
    ASSERT_EQ(with(*made), *made) << text;
    ASSERT_EQ(without(*made), text) << *made;
    const std::string submit = read_value(*made, "JobSubmitPlugins");
    ASSERT_TRUE(submit.ends_with("foreshape")) << *made;
    ASSERT_TRUE(read_value(*made, "PluginDir").starts_with("/opt/f/dropin:/opt/f:")) << *made;
    // All else is read as before.
    const ConfText was = read_conf_text(text), is = read_conf_text(*made);
    ASSERT_EQ(was.unread, is.unread) << *made;
    ASSERT_EQ(was.find("ClusterName").size(), is.find("ClusterName").size()) << *made;
    ASSERT_EQ(was.find("NodeName").size(), is.find("NodeName").size()) << *made;
  }
  EXPECT_GT(put_in, 2'000);
}

}  // namespace
}  // namespace foreshape
