// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/options.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <sstream>

namespace foreshape {
namespace {

CommandLine sample_line() {
  CommandLine line;
  line.program = "tool";
  line.synopsis = "[OPTIONS] [FILE]";
  line.operands_max = 1;
  const OptionRow rows[] = {
      {"user,u", text_value("NAMES"), "users"},
  };
  add_options(line.options, rows);
  add_database_option(line.options);
  return line;
}

TEST(ParseOptions, TakesValuesAsGetoptDoes) {
  const Args ways[] = {
      {"-u", "ann", "file"}, {"-uann", "file"}, {"--user=ann", "file"}, {"file", "--user", "ann"}};
  for (const Args& args : ways) {
    const ParsedOptions parsed = parse_options(sample_line(), args);
    ASSERT_FALSE(parsed.finished);
    EXPECT_EQ(parsed.text("user"), "ann");
    EXPECT_EQ(parsed.operands, std::vector<std::string>{"file"});
  }
}

TEST(ParseOptions, EndsWithTheRightCode) {
  const struct {
    const char* why;
    Args args;
    ExitCode want;
  } cases[] = {
      {"help", {"--help"}, kDone},           {"version", {"-V"}, kDone},
      {"usage", {"--usage"}, kDone},         {"unknown option", {"--wrong"}, kUsage},
      {"missing value", {"--user"}, kUsage}, {"a word too many", {"one", "two"}, kUsage},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const ParsedOptions parsed = parse_options(sample_line(), c.args);
    ASSERT_TRUE(parsed.finished);
    EXPECT_EQ(*parsed.finished, c.want);
  }
}

TEST(AddOptions, ReadsWhatARowTakes) {
  CommandLine line{"tool", "[OPTIONS]", "A tool."};
  const OptionRow rows[] = {
      {"dry-run,n", flag(), "change nothing"},
      {"format", text_value("FORM", "text"), "how"},
      {"user", list_value("LIST"), "users"},
      {"rate", number_value<double>("RATE", 0.1), "learning rate"},
      {"steps", number_value<std::uint32_t>("N"), "steps"},
  };
  add_options(line.options, rows);

  const ParsedOptions none = parse_options(line, {});
  EXPECT_FALSE(none.has("dry-run") || none.has("user") || none.has("steps"));
  EXPECT_EQ(none.text("format"), "text");
  EXPECT_EQ(none.values["rate"].as<double>(), 0.1);

  const ParsedOptions all = parse_options(line, {"-n", "--user=ann", "--user=bob", "--steps", "7"});
  EXPECT_TRUE(all.has("dry-run"));
  EXPECT_EQ(all.values["user"].as<std::vector<std::string>>(), (std::vector<std::string>{"ann", "bob"}));
  EXPECT_EQ(all.values["steps"].as<std::uint32_t>(), 7U);
  EXPECT_TRUE(parse_options(line, {"--steps", "many"}).finished);
}

TEST(AddOptions, ShowsDefaultsAsPeopleWriteThem) {
  CommandLine line;
  const OptionRow rows[] = {
      {"rate", number_value<float>("RATE", 7e-4F), "learning rate"},
      {"window", number_value<double>("SHARE", 0.05), "share"},
      {"every", number_value<double>("SECONDS", 300), "how often"},
      {"samples", number_value<std::uint64_t>("N", 131'072), "jobs"},
      {"format", text_value("FORM", "text"), "how"},
  };
  add_options(line.options, rows);
  std::ostringstream help;
  help << line.options;
  for (const char* shown :
       {"--rate RATE ", "learning rate (default: 0.0007)", "share (default: 0.05)",
        "how often (default: 300)", "--samples N ", "(default: 131072)", "(default: text)"})
    EXPECT_NE(help.str().find(shown), std::string::npos) << help.str();
  EXPECT_EQ(help.str().find("(="), std::string::npos) << help.str();
}

TEST(Database, IsTheOptionThenTheEnvironmentThenTheDefault) {
  ::unsetenv("FORESHAPE_DB");
  EXPECT_EQ(database(parse_options(sample_line(), {})), "");
  ::setenv("FORESHAPE_DB", "dbname=site", 1);
  EXPECT_EQ(database(parse_options(sample_line(), {})), "dbname=site");
  EXPECT_EQ(database(parse_options(sample_line(), {"--db", "dbname=mine"})), "dbname=mine");
  ::unsetenv("FORESHAPE_DB");
}

}  // namespace
}  // namespace foreshape
