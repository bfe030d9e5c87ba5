// The whole Runtime over the fake host, with its real threads.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <variant>
#include <vector>

#include "predictor/journal/journal_reader.h"
#include "slurm-plugin/runtime_api.h"
#include "slurm-plugin/settings_keeper.h"
#include "slurm-plugin/slurm_abi.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;

class RuntimeTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("runtime_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    write_settings("");
    slurm_conf_file_ = (folder_ / "slurm.conf").string();
    slurm_conf.slurm_conf = slurm_conf_file_.data();
    take_log();
  }
  void TearDown() override {
    slurm_conf.slurm_conf = nullptr;
    fs::remove_all(folder_);
  }
  void write_settings(const std::string& lines) const {
    std::ofstream(folder_ / "foreshape.conf") << "StateDir=" << folder_.string() << "\n" << lines;
  }
  std::size_t submissions_written() const {
    auto reader = JournalReader::open((folder_ / "journal").string());
    std::size_t count = 0;
    if (!reader) return 0;
    for (auto entry = reader->next(); entry && *entry; entry = reader->next())
      count += std::holds_alternative<SubmissionEvent>((**entry).event) ? 1 : 0;
    return count;
  }
  static void send_jobs(int count) {
    for (int i = 0; i < count; ++i) {
      job_desc_msg_t job = blank_descriptor();
      char* message = nullptr;
      foreshape_submit(&job, 1000 + static_cast<std::uint32_t>(i % 7), &message);
      free_written(job, &message);
    }
  }

  fs::path folder_;
  std::string slurm_conf_file_;
};

std::string log_of_start(const fs::path& file, bool by_reconfigure, FirstSettings& first) {
  std::string log;
  first = settings_at_start(file.string(), by_reconfigure,
                            [&log](LogLevel, std::string_view line) { log.append(line).append("\n"); });
  return log;
}

TEST_F(RuntimeTest, KeepsTheSettingsInForceOverAReconfigureThatStartsANewSlurmctld) {
  const fs::path file = folder_ / "foreshape.conf";
  FirstSettings first;
  write_settings("Memory=advise\nPartition=debug Cpus=advise\n");
  EXPECT_EQ(log_of_start(file, false, first), "");
  ASSERT_TRUE(keep_settings(first.settings));
  const std::string in_force = format_settings(first.settings);

  write_settings("Memroy=off\n");
  EXPECT_NE(log_of_start(file, true, first).find("keeping the settings that were in force"),
            std::string::npos);
  EXPECT_EQ(format_settings(first.settings), in_force);
  EXPECT_NE(first.error.find("foreshape.conf:2: Memroy"), std::string::npos);

  EXPECT_NE(log_of_start(file, false, first).find("passive until it is mended"), std::string::npos);
  EXPECT_FALSE(first.settings.enabled) << "a start that is no reconfigure trusts nothing older";
}

TEST_F(RuntimeTest, IsPassiveAfterAReconfigureIfNothingWasKeptOrItIsNotToBeTrusted) {
  const fs::path file = folder_ / "foreshape.conf", kept = folder_ / "foreshape.conf.in-force";
  FirstSettings first;
  write_settings("Memroy=off\n");
  static_cast<void>(log_of_start(file, true, first));
  EXPECT_FALSE(first.settings.enabled);
  Settings before;
  before.state_dir = folder_.string();
  ASSERT_TRUE(keep_settings(before));
  fs::permissions(kept, fs::perms::others_write, fs::perm_options::add);
  static_cast<void>(log_of_start(file, true, first));
  EXPECT_FALSE(first.settings.enabled);
}

TEST_F(RuntimeTest, HasEverySubmissionInTheJournalWhenItEnds) {
  foreshape_start();
  foreshape_start();  // the second plugin
  std::vector<std::thread> rpc_threads;
  for (int t = 0; t < 4; ++t) rpc_threads.emplace_back([] { send_jobs(200); });
  for (int i = 0; i < 20; ++i) foreshape_reconfigure();
  for (std::thread& thread : rpc_threads) thread.join();
  foreshape_stop();
  send_jobs(1);  // one plugin is still there
  foreshape_stop();
  EXPECT_EQ(submissions_written(), 801U);
}

TEST_F(RuntimeTest, StartsAnewAfterItsEnd) {
  for (std::size_t round = 1; round <= 3; ++round) {
    foreshape_start();
    send_jobs(5);
    foreshape_stop();
    EXPECT_EQ(submissions_written(), 5 * round);
  }
  foreshape_stop();  // once too often
  send_jobs(1);
  EXPECT_EQ(submissions_written(), 15U);
}

TEST_F(RuntimeTest, IsPassiveWithABrokenFileAndSaysWhere) {
  write_settings("Mode=maybe\n");
  foreshape_start();
  job_desc_msg_t job = blank_descriptor();
  char* message = nullptr;
  foreshape_submit(&job, 1000, &message);
  EXPECT_EQ(job.admin_comment, nullptr);
  foreshape_stop();
  const auto log = take_log();
  const auto names_the_line = [](const std::string& line) {
    return line.find("foreshape.conf:2: Mode") != std::string::npos;
  };
  EXPECT_TRUE(std::any_of(log.begin(), log.end(), names_the_line));
}

TEST_F(RuntimeTest, LetsJobsPassWhereThereIsNoPlaceToWriteAnything) {
  fs::remove_all(folder_);
  foreshape_start();
  send_jobs(10);
  foreshape_reconfigure();
  foreshape_modify();
  foreshape_stop();
}

}  // namespace
}  // namespace foreshape
