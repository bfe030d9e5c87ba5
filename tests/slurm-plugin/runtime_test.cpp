// SPDX-License-Identifier: GPL-2.0-or-later
// The whole Runtime over the fake host, with its real threads.

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <variant>
#include <vector>

#include "predictor/journal/journal_reader.h"
#include "slurm-plugin/agent/journal_left.h"
#include "slurm-plugin/agent/settings_keeper.h"
#include "slurm-plugin/runtime_api.h"
#include "slurm-plugin/slurm/slurm_abi.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

/// The next call of fdatasync in this program does not return, as on a disk that is gone.
std::atomic<bool> hangs_next{false};

}  // namespace
}  // namespace foreshape

extern "C" int fdatasync(int fd) {
  if (foreshape::hangs_next.exchange(false))
    for (;;) ::pause();
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

namespace foreshape {
namespace {

namespace fs = std::filesystem;

class RuntimeTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(testing::TempDir()) / ("runtime_" + std::to_string(::getpid()));
    fs::create_directories(directory_);
    write_settings("");
    slurm_conf_file_ = (directory_ / "slurm.conf").string();
    slurm_conf.slurm_conf = slurm_conf_file_.data();
    take_log();
  }
  void TearDown() override {
    slurm_conf.slurm_conf = nullptr;
    fs::remove_all(directory_);
  }
  void write_settings(const std::string& lines) const {
    std::ofstream(directory_ / "foreshape.conf") << "StateDir=" << directory_.string() << "\n" << lines;
  }
  std::size_t submissions_written() const {
    auto reader = JournalReader::open((directory_ / "journal").string());
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

  fs::path directory_;
  std::string slurm_conf_file_;
};

std::string log_of_start(const fs::path& file, bool by_reconfigure, FirstSettings& first) {
  std::string log;
  first = settings_at_start(file.string(), by_reconfigure,
                            [&log](LogLevel, std::string_view line) { log.append(line).append("\n"); });
  return log;
}

TEST_F(RuntimeTest, KeepsTheSettingsInForceOverAReconfigureThatStartsANewSlurmctld) {
  const fs::path file = directory_ / "foreshape.conf";
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

  EXPECT_NE(log_of_start(file, false, first).find("passive until it is corrected"), std::string::npos);
  EXPECT_FALSE(first.settings.enabled) << "a start that is no reconfigure trusts nothing older";
  EXPECT_EQ(first.settings.status_file, (directory_ / "status.json").string())
      << "the status of the run before must not stay";
}

TEST_F(RuntimeTest, FindsItsDirectoryInABadFileWhoseStatusFileIsBadToo) {
  FirstSettings first;
  write_settings("Memroy=off\nStatusFile=" + (directory_ / "journal").string() + "\n");  // JournalDir's place
  static_cast<void>(log_of_start(directory_ / "foreshape.conf", false, first));
  EXPECT_FALSE(first.settings.enabled);
  EXPECT_EQ(first.settings.state_dir, directory_.string());
}

TEST_F(RuntimeTest, IsPassiveAfterAReconfigureIfNothingWasKeptOrItIsNotToBeTrusted) {
  const fs::path file = directory_ / "foreshape.conf", kept = directory_ / "foreshape.conf.in-force";
  FirstSettings first;
  write_settings("Memroy=off\n");
  static_cast<void>(log_of_start(file, true, first));
  EXPECT_FALSE(first.settings.enabled);
  Settings before;
  before.state_dir = directory_.string();
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

TEST_F(RuntimeTest, SaysWhatIsLostWithAJournalThreadThatHangs) {
  ASSERT_TRUE(note_lost(directory_.string(), 0));
  hangs_next = true;
  foreshape_start();
  send_jobs(1);
  while (hangs_next) std::this_thread::yield();  // until the journal's thread is in the call
  send_jobs(5);
  foreshape_stop();
  EXPECT_EQ(noted_lost(directory_.string()), 5U);
  const auto log = take_log();
  EXPECT_TRUE(std::any_of(log.begin(), log.end(), [](const std::string& line) {
    return line.find("the journal's thread does not end: 5 records") != std::string::npos;
  }));
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
  fs::remove_all(directory_);
  foreshape_start();
  send_jobs(10);
  foreshape_reconfigure();
  job_desc_msg_t change = blank_descriptor();
  foreshape_modify(&change);
  foreshape_stop();
}

}  // namespace
}  // namespace foreshape
