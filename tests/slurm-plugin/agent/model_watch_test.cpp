// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/model_watch.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

#include "predictor/model/model_file.h"
#include "slurm-plugin/state/submission.h"
#include "tests/predictor/model/made_model.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;
using test::made_model;

constexpr UnixSeconds kNow = 1'700'000'000;
constexpr UserId kUser = 1021;

/// A state directory, and slurmctld's state over it; start() stands for a new slurmctld.
class ModelWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(testing::TempDir()) / ("model_watch_" + std::to_string(::getpid()));
    fs::create_directories(directory_);
    start();
  }
  void TearDown() override { fs::remove_all(directory_); }

  void start() {
    watch_.reset();
    state_.reset();
    Settings settings;
    settings.state_dir = directory_.string();
    settings.model_file = model_file();
    state_ = std::make_unique<RuntimeState>(
        settings, SiteFacts{}, clock_, kNow * 1000 + ++starts_,
        [this](LogLevel, std::string_view line) { log_.append(line).append("\n"); }, 64);
    add_history();
    watch_ = std::make_unique<ModelWatch>(*state_);
  }
  std::string model_file() const { return directory_ / "model.fsm"; }

  void add_history() {
    for (std::uint32_t i = 0; i < 20; ++i) {
      PastJob past;
      past.job_id = i + 1;
      past.uid = kUser;
      past.submit_s = static_cast<std::uint32_t>(kNow) - 100'000 + 1000 * i;
      past.start_s = past.submit_s + 10;
      past.run_s = 1200 + i;
      past.end_s = past.start_s + past.run_s;
      past.requested_limit_s = 86'400;
      past.requested_cpus = 1;
      past.state = JobState::completed;
      state_->profiles.add_outcome(past);
    }
  }

  SubmissionEvent submitted() {
    job_desc_msg_t job = blank_descriptor();
    job.time_limit = 24 * 60;
    char* message = nullptr;
    submit(*state_, job, kUser, &message);
    free_written(job, &message);
    std::array<JournalEvent, 64> events;
    const std::size_t n = state_->events.take(events);
    return n > 0 ? std::get<SubmissionEvent>(events[n - 1]) : SubmissionEvent{};
  }

  void finish(const SubmissionEvent& event, std::int64_t run_s) {
    JobUsage used;
    used.start_s = kNow;
    used.run_s = run_s;
    used.end_s = kNow + run_s;
    used.state = JobState::completed;
    watch_->learn(event.token, past_job(500, event.request, used));
    watch_->settle();
  }

  fs::path directory_;
  FakeClock clock_{kNow};
  std::int64_t starts_ = 0;
  std::string log_;
  std::unique_ptr<RuntimeState> state_;
  std::unique_ptr<ModelWatch> watch_;
};

TEST_F(ModelWatchTest, ServesAModelFromTheNextSubmissionOnAndSaysSo) {
  watch_->pass();
  EXPECT_EQ(submitted().prediction.model, 0U) << "no file: the kernel";
  ASSERT_TRUE(write_model(model_file(), made_model()));
  watch_->pass();
  const std::uint64_t checksum = watch_->state().checksum;
  EXPECT_NE(checksum, 0U);
  const SubmissionEvent event = submitted();
  EXPECT_EQ(event.prediction.model, checksum);
  EXPECT_TRUE(event.prediction.of(Resource::run_time).known());
  EXPECT_EQ(state_->jobs.by_model, 1U);
  fs::remove(model_file());
  watch_->pass();
  EXPECT_EQ(submitted().prediction.model, 0U) << "taken away: the kernel";
}

TEST_F(ModelWatchTest, KeepsTheModelInForceWhereANewOneIsBad) {
  ASSERT_TRUE(write_model(model_file(), made_model(1)));
  watch_->pass();
  const std::uint64_t first = watch_->state().checksum;
  const auto refuse = [&](const std::string& bytes, const char* why) {
    SCOPED_TRACE(why);
    log_.clear();
    ASSERT_TRUE(replace_file(model_file(), bytes, 0644));
    watch_->pass();
    watch_->pass();  // logs once
    EXPECT_NE(watch_->state().refused.find(why), std::string::npos) << watch_->state().refused;
    EXPECT_EQ(log_.find("keeping the one loaded before"), log_.rfind("keeping the one loaded before"));
    EXPECT_EQ(submitted().prediction.model, first);
  };
  const std::string good = model_bytes(made_model(2)).value();
  refuse(good.substr(0, good.size() / 2), "header says");
  refuse("", "shorter");
  std::string flipped = good;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  refuse(flipped, "checksum");
  Model wrong = made_model(3);
  wrong.golden[1].quantiles[0][4] *= 2;
  refuse(model_bytes(wrong).value(), "golden");
  ASSERT_TRUE(write_model(model_file(), made_model(2)));
  fs::permissions(model_file(), fs::perms::others_write, fs::perm_options::add);
  watch_->pass();
  EXPECT_NE(watch_->state().refused.find("chmod"), std::string::npos);
  fs::permissions(model_file(), fs::perms::others_write, fs::perm_options::remove);
  ASSERT_TRUE(write_model(model_file(), made_model(2)));
  watch_->pass();
  EXPECT_EQ(watch_->state().refused, "");
  EXPECT_NE(submitted().prediction.model, first);
}

TEST_F(ModelWatchTest, ServesTheKernelWhereModelIsOff) {
  ASSERT_TRUE(write_model(model_file(), made_model()));
  watch_->pass();
  Settings settings = *state_->settings.get();
  settings.model = false;
  state_->replace_settings(settings);
  watch_->pass();
  EXPECT_EQ(submitted().prediction.model, 0U);
  settings.model = true;
  state_->replace_settings(settings);
  watch_->pass();
  EXPECT_NE(submitted().prediction.model, 0U);
}

TEST_F(ModelWatchTest, LearnsForWhomTheKernelIsBetterAndRemembersItOverARestart) {
  ASSERT_TRUE(write_model(model_file(), made_model()));
  watch_->pass();
  for (int i = 0; i < 5; ++i) finish(submitted(), 1210);
  EXPECT_EQ(watch_->state().learned, 5U);
  const auto before = state_->model.get()->blends;
  EXPECT_NE(before[0].of(kUser), BlendLead{});
  EXPECT_EQ(before[1], made_model().blends[1]) << "Slurm says nothing of memory: as the file has it";
  start();
  watch_->pass();
  EXPECT_EQ(state_->model.get()->blends, before);
  EXPECT_EQ(watch_->state().blend_users, before[0].users.size());

  ASSERT_TRUE(write_model(model_file(), made_model(2)));
  watch_->pass();
  EXPECT_EQ(state_->model.get()->blends, made_model(2).blends) << "another model begins as its file has it";
}

TEST_F(ModelWatchTest, LearnsFromEachOutcomeOnceAndOnlyOfTheModelInForce) {
  ASSERT_TRUE(write_model(model_file(), made_model()));
  watch_->pass();
  const SubmissionEvent event = submitted(), late = submitted();
  finish(event, 1210);
  finish(event, 1210);
  EXPECT_EQ(watch_->state().learned, 1U);
  ASSERT_TRUE(write_model(model_file(), made_model(2)));
  watch_->pass();
  finish(late, 1210);
  EXPECT_EQ(watch_->state().learned, 1U) << "predicted by the model before";
}

TEST_F(ModelWatchTest, ADamagedBlendStateIsLeftOut) {
  ASSERT_TRUE(write_model(model_file(), made_model()));
  ASSERT_TRUE(replace_file(directory_ / "model.blend", "nonsense", 0600));
  watch_->pass();
  EXPECT_NE(watch_->state().checksum, 0U);
  EXPECT_EQ(state_->model.get()->blends, made_model().blends);
  EXPECT_NE(log_.find("model.blend"), std::string::npos);
}

TEST_F(ModelWatchTest, AModelThatSaysNoNumberLeavesTheJobToTheKernelAndIsAFault) {
  Model model = made_model();
  model.checksum = 5;
  std::ranges::fill(model.weights, std::nanf(""));
  state_->model.set({std::make_shared<const ServingNetwork>(model), model.blends});
  const SubmissionEvent event = submitted();
  EXPECT_EQ(event.prediction.model, 0U);
  EXPECT_NEAR(event.prediction.of(Resource::run_time).typical, 1210, 60);
  EXPECT_EQ(state_->faults.total(), 1U);
}

slurm_job_info_t listed(UserId uid, std::uint32_t state, time_t submit, time_t start) {
  slurm_job_info_t job;
  std::memset(&job, 0, sizeof job);
  job.user_id = uid;
  job.job_state = state;
  job.submit_time = submit;
  job.start_time = start;
  job.num_cpus = 4;
  job.time_limit = 60;
  return job;
}

TEST(LiveTable, HasWhatWaitsAndRunsNewestFirst) {
  std::vector<slurm_job_info_t> jobs = {
      listed(1, JOB_RUNNING, kNow - 500, kNow - 400),
      listed(2, JOB_RUNNING, kNow - 50, kNow - 40),
      listed(1, JOB_PENDING, kNow - 100, 0),
      listed(1, JOB_COMPLETE, kNow - 900, kNow - 800),
      listed(1, JOB_SUSPENDED, kNow - 700, kNow - 600),
      listed(1, JOB_PENDING, kNow, 0),
  };
  job_info_msg_t list;
  std::memset(&list, 0, sizeof list);
  list.last_update = kNow;
  list.record_count = static_cast<std::uint32_t>(jobs.size());
  list.job_array = jobs.data();
  const LiveTable table(list);
  ProfileStore profiles;
  Submission newer;
  newer.submit_s = static_cast<std::uint32_t>(kNow);
  newer.cpus = 8;
  profiles.add_submission(1, newer);
  Submission older = newer;
  older.submit_s -= 100;  // in the list
  profiles.add_submission(3, older);

  std::array<LiveJob, kMaxLiveJobs> out;
  ASSERT_EQ(table.jobs_of(1, profiles, out), 4U);
  EXPECT_EQ(out[0].cpus, 8U) << "submitted since the look";
  EXPECT_EQ(out[1].submit_s, kNow - 100);
  EXPECT_EQ(out[1].start_s, 0U);
  EXPECT_EQ(out[2].start_s, kNow - 400);
  EXPECT_EQ(out[2].limit_s, 3600U);
  EXPECT_EQ(out[3].start_s, kNow - 600) << "suspended is still there";
  EXPECT_EQ(table.jobs_of(2, profiles, out), 1U);
  EXPECT_EQ(table.jobs_of(3, profiles, out), 0U);
  EXPECT_EQ(table.jobs_of(1, profiles, std::span{out}.first(2)), 2U);
  EXPECT_EQ(LiveTable{}.jobs_of(1, profiles, out), 0U) << "before the first look nothing is known";
}

TEST(LiveTable, KeepsTheNewestOfABusyUserOnly) {
  std::vector<slurm_job_info_t> jobs;
  for (time_t i = 0; i < 200; ++i) jobs.push_back(listed(1, JOB_PENDING, kNow - 1000 + i, 0));
  job_info_msg_t list;
  std::memset(&list, 0, sizeof list);
  list.last_update = kNow;
  list.record_count = static_cast<std::uint32_t>(jobs.size());
  list.job_array = jobs.data();
  const LiveTable table(list);
  EXPECT_EQ(table.size(), kMaxLiveJobs);
  std::array<LiveJob, kMaxLiveJobs> out;
  EXPECT_EQ(table.jobs_of(1, ProfileStore{}, out), kMaxLiveJobs);
  EXPECT_EQ(out[0].submit_s, kNow - 801);
}

}  // namespace
}  // namespace foreshape
