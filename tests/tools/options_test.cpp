#include "tools/options.h"

#include <cstdlib>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

CommandLine sample_line() {
  CommandLine line;
  line.program = "tool";
  line.synopsis = "[OPTIONS] [FILE]";
  line.operands_max = 1;
  line.options.add_options()("user,u", po::value<std::string>()->value_name("NAMES"), "users");
  add_database_option(line.options);
  add_output_options(line.options);
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
