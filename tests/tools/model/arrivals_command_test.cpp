// SPDX-License-Identifier: GPL-2.0-or-later
// foreshape arrivals --model as an administrator calls it.

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "predictor/model/model_file.h"
#include "tests/predictor/model/made_model.h"
#include "tools/cli/child_process.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kMadeUntil_s = 1'789'000'000;  // made_model()'s data_to_s

class ArrivalsCommand : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/foreshape_arrivals_XXXXXX";
    directory_ = ::mkdtemp(name.data());
    ASSERT_TRUE(write_model(file("model.fsm"), test::made_model_with_arrivals()));
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::string file(const std::string& name) const { return directory_ + "/" + name; }

  /// Sixty jobs of three users, ten minutes apart.
  std::string trace_from(UnixSeconds start_s) const {
    std::ofstream out{file("trace.swf")};
    out << fmt::format("; MaxProcs: 8\n; UnixStartTime: {}\n", start_s);
    for (int i = 0; i < 60; ++i)
      out << fmt::format("{} {} 0 300 4 -1 -1 4 600 -1 1 {} 1 1 1 -1 -1 -1\n", i + 1, 600 * i, i % 3 + 1);
    return file("trace.swf");
  }
  Result<std::string> run(const std::vector<std::string>& words) const {
    std::vector<std::string> argv = {FORESHAPE_PROGRAM, "arrivals"};
    argv.insert(argv.end(), words.begin(), words.end());
    return output_of(argv);
  }

  std::string directory_;
};

TEST_F(ArrivalsCommand, JudgesTheSubmissionsOfTheTimeThatWasNamed) {
  const std::string trace = trace_from(kMadeUntil_s);
  const auto judged = [&](const std::vector<std::string>& words) {
    std::vector<std::string> all = {"--json", "-", "--steps", "1", trace};
    all.insert(all.end(), words.begin(), words.end());
    const auto said = run(all);
    EXPECT_TRUE(said) << said.error().message;
    const auto found = nlohmann::json::parse(said.value_or("{}"))["traces"][0];
    return std::pair<int, int>(found["submissions"], found["judged"]);
  };
  const std::string middle = fmt::format("uts{}", kMadeUntil_s + 30 * 600);
  EXPECT_EQ(judged({}), (std::pair{60, 57})) << "a user's last submission is followed by none";
  EXPECT_EQ(judged({"-E", middle}), (std::pair{30, 27}));
  EXPECT_EQ(judged({"-S", middle}), (std::pair{60, 27}));
}

TEST_F(ArrivalsCommand, JudgesAModelsNetworkOnWhatCameAfterItsJobs) {
  const struct {
    const char* why;
    UnixSeconds start_s;
    std::size_t judged, windows;
  } cases[] = {
      // A user's last submission is followed by none; the last window is not over.
      {"all of a newer trace", kMadeUntil_s + 1000, 57, 39},
      {"the second half of one that it was made of", kMadeUntil_s - 30 * 600, 26, 19},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto said = run({"--model", file("model.fsm"), "--json", "-", trace_from(c.start_s)});
    ASSERT_TRUE(said) << said.error().message;
    const auto trace = nlohmann::json::parse(*said)["traces"][0];
    EXPECT_EQ(trace["submissions"], 60);
    EXPECT_EQ(trace["refits"], 0);
    EXPECT_EQ(trace["judged"], c.judged);
    EXPECT_EQ(trace["pool"]["windows"], c.windows);
  }
}

TEST_F(ArrivalsCommand, WhatWasMeasuredOnNothingIsNull) {
  std::ofstream{file("one.swf")} << "; MaxProcs: 8\n; UnixStartTime: 1789000000\n"
                                    "1 0 0 300 4 -1 -1 4 600 -1 1 1 1 1 1 -1 -1 -1\n";
  const auto said = run({"--json", "-", file("one.swf")});
  ASSERT_TRUE(said) << said.error().message;
  const auto trace = nlohmann::json::parse(*said)["traces"][0];
  ASSERT_EQ(trace["judged"], 0);
  for (const char* figure :
       {"/nats/simple", "/nats/network", "/shapes/top", "/shapes/last_five", "/shapes_after_10min/top",
        "/latency/right", "/pool/came", "/pool/of/simple/rmse", "/six_hours/simple/brier"})
    EXPECT_TRUE(trace.at(nlohmann::json::json_pointer(figure)).is_null()) << figure << " in " << *said;
}

TEST_F(ArrivalsCommand, SaysWhyAModelIsNotJudged) {
  ASSERT_TRUE(write_model(file("none.fsm"), test::made_model()));
  Model other = test::made_model_with_arrivals();
  for (float& p : other.arrivals->golden[1].forecast.hazards) p = 0.9F;
  ASSERT_TRUE(write_model(file("other.fsm"), other));
  std::filesystem::copy_file(file("model.fsm"), file("cut.fsm"));
  std::filesystem::resize_file(file("cut.fsm"), 1000);
  const std::string newer = trace_from(kMadeUntil_s + 1000);
  const struct {
    const char* why;
    std::vector<std::string> words;
    std::string want;
  } cases[] = {
      {"no such file", {"--model", file("gone.fsm"), newer}, "gone.fsm: "},
      {"damaged", {"--model", file("cut.fsm"), newer}, "cut.fsm: "},
      {"says something else here", {"--model", file("other.fsm"), newer}, "golden"},
      {"run times only", {"--model", file("none.fsm"), newer}, "no network of next submissions"},
      {"settings of a training",
       {"--model", file("model.fsm"), "--steps", "5", newer},
       "--steps is about training"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto said = run(c.words);
    ASSERT_FALSE(said);
    EXPECT_NE(said.error().message.find(c.want), std::string::npos) << said.error().message;
  }
  const auto past = run({"--model", file("model.fsm"), trace_from(kMadeUntil_s - 60 * 600)});
  ASSERT_FALSE(past);
  EXPECT_NE(past.error().message.find("must be older"), std::string::npos) << past.error().message;
}

}  // namespace
}  // namespace foreshape
