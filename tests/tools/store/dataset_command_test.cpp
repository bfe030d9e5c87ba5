// SPDX-License-Identifier: GPL-2.0-or-later
// foreshape dataset as an administrator calls it: whatever is not exported is said.

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "tools/cli/child_process.h"

namespace foreshape {
namespace {

class DatasetCommand : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "foreshape_dataset_XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string file(const char* header, const char* rows = "") const {
    std::ofstream(directory_ + "/jobs") << header << rows;
    return directory_ + "/jobs";
  }
  ChildEnd run(std::vector<std::string> words) const {
    words.insert(words.begin(), {FORESHAPE_PROGRAM, "dataset", "--output", directory_ + "/jobs.h5"});
    auto child = ChildProcess::start(words);
    EXPECT_TRUE(child);
    auto end = child->finish();
    EXPECT_TRUE(end);
    return *end;
  }

  std::string directory_;
};

constexpr const char* kRows =
    "1 0 5 100 4 -1 -1 4 3600 -1 1 1 1 1 1 1 -1 -1\n"
    "2 20 5 0 4 -1 -1 4 3600 -1 1 1 1 1 1 1 -1 -1\n"
    "3 30 5 100 4 -1 -1 4 -1 -1 1 1 1 1 1 1 -1 -1\n"
    "4 40 5 100 4 -1 -1 4 3600 -1 1 1 1 1 1 1 -1 -1\n";

TEST_F(DatasetCommand, CountsByReasonWhatItDoesNotExport) {
  const std::string trace = file("; MaxProcs: 8\n; UnixStartTime: 830000000\n", kRows);
  const ChildEnd whole = run({"--swf", trace});
  EXPECT_TRUE(whole.is_success()) << whole.errors;
  EXPECT_NE(whole.output.find(": 2 jobs of 1 users"), std::string::npos) << whole.output;
  const char* why = "0 lines not understood, 2 rows of no use (no requested time 1, no run time 1)";
  EXPECT_NE(whole.output.find(why), std::string::npos) << whole.output;
  EXPECT_NE(whole.errors.find(why), std::string::npos) << whole.errors;
  EXPECT_EQ(whole.errors.find("UnixStartTime"), std::string::npos) << whole.errors;

  const ChildEnd early = run({"--swf", trace, "--endtime", "uts830000030"});
  EXPECT_NE(early.errors.find("submitted at --endtime or later 1"), std::string::npos) << early.errors;
  const ChildEnd none = run({"--swf", trace, "--starttime", "uts840000000"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(
      none.errors.find("no job to export, 0 lines not understood, 4 rows of no use (no requested time 1, no "
                       "run time 1, submitted before --starttime 2)"),
      std::string::npos)
      << none.errors;
}

TEST_F(DatasetCommand, NamesAMissingUnixStartTime) {
  const ChildEnd end = run({"--swf", file("; MaxProcs: 8\n", kRows)});
  EXPECT_TRUE(end.is_success()) << end.errors;
  EXPECT_NE(end.errors.find("no UnixStartTime in its header"), std::string::npos) << end.errors;
  EXPECT_NE(end.errors.find("no submission 1"), std::string::npos) << end.errors;
}

TEST_F(DatasetCommand, CountsRowsOfSacctThatWereNotAskedFor) {
  const ChildEnd end = run({"--sacct",
                            file("JobIDRaw|JobID|User|UID|State|Submit|Start|End|ElapsedRaw\n"
                                 "1|1|c|1|COMPLETED|1790000000|1790000005|1790000105|100\n"
                                 "2|2|c|1|COMPLETED|1990000000|1990000005|1990000105|100\n"),
                            "--endtime", "uts1900000000"});
  EXPECT_TRUE(end.is_success()) << end.errors;
  EXPECT_NE(end.output.find("1 rows of no use (submitted at --endtime or later 1)"), std::string::npos)
      << end.output;
}

}  // namespace
}  // namespace foreshape
