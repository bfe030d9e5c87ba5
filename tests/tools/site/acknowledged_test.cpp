// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/acknowledged.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace foreshape {
namespace {

using Json = nlohmann::json;

class Acknowledged : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(directory_); }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  const std::string directory_ = testing::TempDir() + "acknowledged_" + std::to_string(::getpid());
  Json status_ = {{"started", 1'000},
                  {"faults", 7},
                  {"journal", {{"lost", 3}, {"dropped_before_ingest", 0}, {"written", 99}}},
                  {"jobs", {{"again", 0}, {"unmatched", 2}, {"submitted", 50}}}};
};

TEST_F(Acknowledged, LeavesWhatCameSince) {
  EXPECT_EQ(since_acknowledged(directory_, status_), status_) << "nobody has seen to anything";
  ASSERT_TRUE(acknowledge(directory_, status_, 2'000));
  Json quiet = status_;
  quiet["faults"] = quiet["journal"]["lost"] = quiet["jobs"]["unmatched"] = 0;
  EXPECT_EQ(since_acknowledged(directory_, status_), quiet);
  status_["faults"] = 9;
  EXPECT_EQ(since_acknowledged(directory_, status_)["faults"], 2);
}

TEST_F(Acknowledged, IsOfOneSlurmctldAlone) {
  ASSERT_TRUE(acknowledge(directory_, status_, 2'000));
  status_["started"] = 1'500;
  status_["faults"] = 8;
  EXPECT_EQ(since_acknowledged(directory_, status_), status_);
}

TEST_F(Acknowledged, IsNothingWhereItCanNotBeRead) {
  for (const char* text : {"", "{", "[]", "{\"started\": 1000, \"faults\": \"many\"}", "{\"faults\": 7}"}) {
    std::ofstream(directory_ + "/acknowledged.json") << text;
    EXPECT_EQ(since_acknowledged(directory_, status_), status_) << text;
  }
  EXPECT_FALSE(acknowledge("/nonexistent/x", status_, 2'000));
}

}  // namespace
}  // namespace foreshape
