// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/memory_watch.h"

#include <csignal>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "predictor/base/file.h"
#include "slurm-plugin/slurm/slurm_release.h"
#include "slurm-plugin/state/submission.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kWatched = 1'700'000'000;
constexpr UserId kUnlucky = 1021, kOther = 1022;
char kShaped[] = "foreshape=0000000000000abc foreshape_memory:1024M/4096M";
char kUnshaped[] = "foreshape=0000000000000abc foreshape_memory:4096M/4096M";

slurm_job_info_t ended_job(std::uint32_t id, UserId user, bool was_killed) {
  slurm_job_info_t job;
  std::memset(&job, 0, sizeof job);
  job_id_of(job) = id;
  job.user_id = user;
  job.batch_flag = 1;
  job.job_state = was_killed ? JOB_FAILED : JOB_COMPLETE;
  job.exit_code = was_killed ? SIGKILL : 0;
  job.pn_min_memory = 1024;
  job.admin_comment = kShaped;
  job.end_time = kWatched - 10;
  return job;
}

std::vector<slurm_job_info_t> three_killed(UserId user) {
  return {ended_job(1, user, true), ended_job(2, user, true), ended_job(3, user, true)};
}

struct WatchTest : ::testing::Test {
  WatchTest() {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
  }
  ~WatchTest() override { std::filesystem::remove_all(directory); }

  Settings settings() const {
    Settings made;
    made.state_dir = directory;
    made.policy.modes[static_cast<std::size_t>(Lever::memory)] = Mode::enforce;
    return made;
  }

  const std::string directory = ::testing::TempDir() + "/memory_watch_" + std::to_string(::getpid());
  const std::string file = directory + "/memory-safety.json";
};

/// A slurmctld's life.
struct Life {
  explicit Life(const WatchTest& test, UnixSeconds now_s = kWatched)
      : clock(now_s),
        state(test.settings(), SiteFacts{}, clock, now_s * 1000,
              [this](LogLevel, std::string_view line) { said += std::string(line) + "\n"; }) {}

  bool look(std::vector<slurm_job_info_t> records) {
    job_info_msg_t list;
    std::memset(&list, 0, sizeof list);
    list.last_update = clock.now_s();
    list.record_count = static_cast<std::uint32_t>(records.size());
    list.job_array = records.data();
    return watch.look(list);
  }

  Mode mode_for(UserId user) const {
    LeverModes modes{};
    modes.fill(Mode::enforce);
    return modes_for_user(state, modes, user).at(static_cast<std::size_t>(Lever::memory));
  }

  std::string said;
  FakeClock clock;
  RuntimeState state;
  MemoryWatch watch{state};
};

TEST_F(WatchTest, LetsAUserWhoseJobsAreKilledFallBackToObserveAndSaysSo) {
  Life life(*this);
  EXPECT_TRUE(life.look(three_killed(kUnlucky)));
  EXPECT_EQ(life.mode_for(kUnlucky), Mode::observe);
  EXPECT_EQ(life.mode_for(kOther), Mode::enforce);
  EXPECT_EQ(life.state.jobs.memory_kills, 3U);
  EXPECT_NE(
      life.said.find("jobs of uid=1021 were killed for want of it: theirs keep their request until 24 h"),
      std::string::npos)
      << life.said;
  EXPECT_FALSE(life.look(three_killed(kUnlucky))) << "each is counted once";
  EXPECT_EQ(life.state.jobs.memory_kills, 3U);
}

TEST_F(WatchTest, CountsNobodyWhoHadTheRequestOrWasCutOff) {
  Life life(*this);
  auto jobs = three_killed(kUnlucky);
  for (auto& job : jobs) {
    job.admin_comment = kUnshaped;
    job.pn_min_memory = 4096;
  }
  EXPECT_FALSE(life.look(jobs));
  auto cancelled = three_killed(kUnlucky);
  for (auto& job : cancelled) job.job_state = JOB_CANCELLED;
  EXPECT_FALSE(life.look(cancelled));
  EXPECT_EQ(life.state.jobs.memory_kills, 0U);
}

TEST_F(WatchTest, RemembersAcrossARestartAndCountsNoEndTwice) {
  const std::vector<slurm_job_info_t> two = {ended_job(1, kUnlucky, true), ended_job(4, kOther, true)};
  EXPECT_FALSE(Life(*this).look(two));
  Life second(*this, kWatched + 5);
  EXPECT_FALSE(second.look(two)) << "Slurm still lists them";
  EXPECT_EQ(second.state.jobs.memory_kills, 0U);
  auto more = two;
  more.push_back(ended_job(2, kUnlucky, true));
  more.back().end_time = kWatched + 4;
  EXPECT_TRUE(second.look(more)) << "two of two at one in a hundred";
  EXPECT_TRUE(Life(*this, kWatched + 10).look({})) << "it is still off";
  Life third(*this, kWatched + 10);
  third.look({});
  EXPECT_EQ(third.mode_for(kUnlucky), Mode::observe);
}

TEST_F(WatchTest, KeepsTheHeadroomAcrossARestartAndTellsNoFallbackOfIt) {
  Life life(*this);
  EXPECT_FALSE(life.look({ended_job(1, kUnlucky, true), ended_job(2, kOther, false)}));
  const double raised = life.state.memory_margins.get()->headroom(kUnlucky);
  EXPECT_GT(raised, kFirstHeadroom);
  EXPECT_LT(life.state.memory_margins.get()->headroom(kOther), kFirstHeadroom);
  Life second(*this, kWatched + 5);
  EXPECT_FALSE(second.look({}));
  EXPECT_EQ(second.state.memory_margins.get()->headroom(kUnlucky), raised);
  EXPECT_EQ(second.state.memory_margins.get()->largest_headroom(), raised);
}

TEST_F(WatchTest, TakesAFileOfBeforeThereWasAHeadroom) {
  const std::string ends = "[3, 3, 1, " + std::to_string(kWatched + 100) + ", 0]";
  ASSERT_TRUE(replace_file(
      file,
      R"({"version": 1, "counted_until": 0, "everybody": [0, 0, 0, 0, 0], "users": {"1021": )" + ends + "}}",
      0600));
  Life life(*this);
  EXPECT_TRUE(life.look({}));
  EXPECT_EQ(life.mode_for(kUnlucky), Mode::observe);
  EXPECT_EQ(life.state.memory_margins.get()->headroom(kUnlucky), kFirstHeadroom);
}

TEST_F(WatchTest, ComesBackAfterACleanDayOrWhenTheFileIsTakenAway) {
  Life life(*this);
  life.look(three_killed(kUnlucky));
  life.watch.forgive_if_wanted();
  EXPECT_EQ(life.mode_for(kUnlucky), Mode::observe) << "a reconfigure alone is no pardon";
  std::filesystem::remove(file);
  life.watch.forgive_if_wanted();
  EXPECT_EQ(life.mode_for(kUnlucky), Mode::enforce);

  std::filesystem::remove(file);
  Life other(*this);
  other.look(three_killed(kUnlucky));
  other.clock.set(kWatched + MemorySafety::kDay_s);
  EXPECT_TRUE(other.look({}));
  EXPECT_EQ(other.mode_for(kUnlucky), Mode::enforce);
  EXPECT_NE(other.said.find("the jobs of uid=1021 may be given less than requested again"),
            std::string::npos);
}

TEST_F(WatchTest, SetsADamagedFileAside) {
  for (const char* text :
       {"{", "[]", R"({"version": 2})",
        R"({"version": 1, "counted_until": 0, "everybody": [0,0,0,0,0], "users": {"x": [1,1,0,0,0]}})",
        R"({"version": 1, "counted_until": 0, "everybody": [0,0,0], "users": {}})"}) {
    ASSERT_TRUE(replace_file(file, text, 0600));
    Life life(*this);
    EXPECT_FALSE(life.look({})) << text;
    EXPECT_NE(life.said.find("memory-safety.json: "), std::string::npos) << text;
    EXPECT_TRUE(std::filesystem::exists(file + ".damaged"));
  }
}

}  // namespace
}  // namespace foreshape
