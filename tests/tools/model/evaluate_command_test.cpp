// SPDX-License-Identifier: GPL-2.0-or-later
// foreshape evaluate --margins as an administrator calls it.

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tools/cli/child_process.h"

namespace foreshape {
namespace {

class EvaluateCommand : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/foreshape_evaluate_XXXXXX";
    directory_ = ::mkdtemp(name.data());
    std::ofstream out{trace()};
    out << "; MaxProcs: 8\n; UnixStartTime: 1789000000\n";
    // Two users of 150 jobs each, of 280 to 320 s, who ask for an hour; no memory.
    for (int i = 0; i < 300; ++i)
      out << fmt::format("{} {} 0 {} 4 -1 -1 4 3600 -1 1 {} 1 1 1 -1 -1 -1\n", i + 1, 600 * i,
                         280 + 7 * i % 41, i % 2 + 1);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::string trace() const { return directory_ + "/trace.swf"; }
  Result<std::string> run(const std::vector<std::string>& words) const {
    std::vector<std::string> argv = {FORESHAPE_PROGRAM, "evaluate", "-p", "kernel"};
    argv.insert(argv.end(), words.begin(), words.end());
    argv.push_back(trace());
    return output_of(argv);
  }

  std::string directory_;
};

TEST_F(EvaluateCommand, SaysHowEachWayToSetAMarginDid) {
  const auto said = run({"--margins", "--json", "-"});
  ASSERT_TRUE(said) << said.error().message;
  const auto trials = nlohmann::json::parse(*said)["traces"][0]["margin_methods"];
  ASSERT_EQ(trials.size(), 2U) << "no memory was measured";
  for (const auto& trial : trials) {
    EXPECT_EQ(trial["resource"], "run_time");
    EXPECT_EQ(trial["methods"].size(), 6U);
    const auto& controller = trial["methods"]["controller"];
    EXPECT_EQ(controller["jobs"], 300);
    EXPECT_EQ(controller["users"], 2);
    EXPECT_EQ(controller["users_too_small"], 0);
    EXPECT_NEAR(controller["requested_over_used"].get<double>(), 12, 0.1);
    EXPECT_LT(controller["planned_over_used"].get<double>(), 3);
    EXPECT_GT(controller["removed"].get<double>(), 0.8);
  }
}

TEST_F(EvaluateCommand, JudgesTheJobsOfTheTimeThatWasNamed) {
  // The fiftieth job and those after it, up to the hundredth.
  const auto said = run({"-S", "uts1789030000", "-E", "uts1789060000", "--json", "-"});
  ASSERT_TRUE(said) << said.error().message;
  const auto trace = nlohmann::json::parse(*said)["traces"][0];
  EXPECT_EQ(trace["jobs"], 100);
  EXPECT_EQ(trace["judged"], 50);
  EXPECT_FALSE(run({"-E", "uts1789000000"})) << "nothing is left";
}

TEST_F(EvaluateCommand, PrintsATableAndNothingOfMarginsUnlessTold) {
  const auto with = run({"--margins"}), without = run({});
  ASSERT_TRUE(with && without);
  EXPECT_NE(with->find("margins of run_time, too small for 5 % of 300 jobs wanted"), std::string::npos);
  EXPECT_NE(with->find("plain_adaptive"), std::string::npos);
  EXPECT_EQ(without->find("plain_adaptive"), std::string::npos);
}

}  // namespace
}  // namespace foreshape
