// SPDX-License-Identifier: GPL-2.0-or-later
// A Runtime that is killed and the one after it: what the second knows after reading the first one's journal.

#include "slurm-plugin/agent/journal_recall.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <unistd.h>

#include "predictor/base/token_tag.h"
#include "slurm-plugin/agent/journal_feed.h"
#include "slurm-plugin/agent/journal_left.h"
#include "slurm-plugin/state/submission.h"
#include "tests/predictor/profile/builders.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;

constexpr UnixSeconds kNow = 1'700'000'000;
constexpr UserId kUsers = 5;

/// One slurmctld's life over a journal directory.
struct Life {
  Life(const fs::path& directory, UnixSeconds started_s)
      : clock(started_s),
        state(
            settings(directory), SiteFacts{}, clock, started_s * 1000,
            [this](LogLevel, std::string_view line) { log.append(line).append("\n"); }, 4096),
        feed(state),
        recall(state) {}

  static Settings settings(const fs::path& directory) {
    Settings s;
    s.journal_dir = (directory / "journal").string();
    s.state_dir = directory.string();
    return s;
  }

  SubmissionEvent submits(UserId uid, std::uint32_t minutes) {
    job_desc_msg_t job = blank_descriptor();
    job.time_limit = minutes;
    std::string name = "relax", script = "#!/bin/sh\nsleep " + std::to_string(minutes);
    job.name = name.data();
    job.script = script.data();
    char* message = nullptr;
    submit(state, job, uid, &message);
    SubmissionEvent event;
    event.token = tagged_token(job.admin_comment != nullptr ? job.admin_comment : "");
    event.request = state.requests.find(event.token).value_or(JobRequest{});
    free_written(job, &message);
    return event;
  }

  /// As the agent does with what it finds in Slurm's list.
  void ends(const SubmissionEvent& event, JobId id, std::int64_t run_s) {
    OutcomeEvent outcome{.job_id = id,
                         .token = event.token,
                         .uid = event.request.uid,
                         .submit_s = event.request.submit_s,
                         .start_s = clock.now_s() - run_s,
                         .end_s = clock.now_s(),
                         .state = run_s % 7 == 0 ? JobState::timeout : JobState::completed,
                         .run_s = run_s,
                         .requested = event.request};
    state.profiles.add_outcome(*past_job_of(outcome));
    state.events.push(outcome);
  }

  /// A busy day: submissions and ends of some users, all of it written to the journal.
  void lives(int jobs, std::uint32_t seed) {
    std::mt19937 twister(seed);
    const auto dice = [&twister] { return static_cast<std::uint32_t>(twister()); };
    for (int i = 0; i < jobs; ++i) {
      clock.advance(1 + dice() % 100);
      const UserId uid = 1000 + dice() % kUsers;
      const SubmissionEvent event = submits(uid, 10 + dice() % 3);
      clock.advance(1 + dice() % 50);
      if (dice() % 4 != 0)
        ends(event, seed * 100'000 + static_cast<JobId>(i), 1 + static_cast<int>(dice() % 500));
      if (i % 64 == 0) feed.pass();
    }
    feed.finish();
  }

  std::string log;
  FakeClock clock;
  RuntimeState state;
  JournalFeed feed;
  JournalRecall recall;
  OutcomeWatch outcomes;
};

template <class T, class Read>
std::string bytes_of(Read&& read) {
  std::vector<T> found(kProfileJobs);
  found.resize(read(std::span<T>{found}));
  std::string bytes(found.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), found.data(), bytes.size());
  return bytes;
}

/// Everything that predictions and forecasts read, as bytes.
std::string knowledge(const ProfileStore& store) {
  std::string all;
  const auto jobs = [&](ProfileGroup group, std::uint32_t key) {
    all +=
        bytes_of<PastJob>([&](std::span<PastJob> out) { return store.newest_jobs(group, key, out); }) + "|";
  };
  jobs(ProfileGroup::cluster, 0);
  for (UserId uid = 1000; uid < 1000 + kUsers; ++uid) {
    jobs(ProfileGroup::user, uid);
    all += bytes_of<Submission>(
               [&](std::span<Submission> out) { return store.newest_submissions(uid, 0, out); }) +
           "|";
  }
  const UsedShares shares = store.shares();
  std::string bytes(sizeof shares, '\0');
  std::memcpy(bytes.data(), &shares, bytes.size());
  return all + bytes;
}

class JournalRecallTest : public testing::Test {
 protected:
  JournalRecallTest()
      : directory_(fs::path(testing::TempDir()) /
                   ("recall_" + std::to_string(::getpid()) + "_" +
                    testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(directory_);
    fs::create_directories(directory_);
  }
  ~JournalRecallTest() override { fs::remove_all(directory_); }
  fs::path directory_;
};

TEST_F(JournalRecallTest, AfterAKillTheStateIsWhatItWas) {
  std::string before;
  {
    Life first{directory_, kNow};
    first.lives(700, 1);  // more than any ring or profile holds
    before = knowledge(first.state.profiles);
  }
  Life second{directory_, kNow + 200'000};
  second.recall.pass(second.outcomes);
  EXPECT_EQ(knowledge(second.state.profiles), before);
  EXPECT_EQ(second.recall.state().error, "");
  EXPECT_EQ(second.recall.state().submissions, 700U);
  EXPECT_EQ(second.recall.state().unreadable, 0U);
  EXPECT_NE(second.log.find("700 submissions and"), std::string::npos) << second.log;
}

TEST_F(JournalRecallTest, OverASnapshotAndTwoRestartsToo) {
  const auto table =
      test::table_of({test::finished(1, 1000, 1'600'000'000), test::finished(2, 1003, 1'600'000'100)});
  std::string before;
  {
    Life first{directory_, kNow};
    first.state.profiles.replace_base(table);
    first.lives(60, 1);
    first.feed.finish();
  }
  {
    Life second{directory_, kNow + 200'000};
    second.state.profiles.replace_base(table);
    second.recall.pass(second.outcomes);
    second.lives(50, 2);
    before = knowledge(second.state.profiles);
  }
  Life third{directory_, kNow + 400'000};
  third.state.profiles.replace_base(table);
  third.recall.pass(third.outcomes);
  EXPECT_EQ(knowledge(third.state.profiles), before);
}

TEST_F(JournalRecallTest, SubmissionsThatCameMeanwhileStayTheNewest) {
  {
    Life first{directory_, kNow};
    first.lives(300, 1);
  }
  Life second{directory_, kNow + 200'000};
  const SubmissionEvent own = second.submits(1000, 77);
  second.feed.pass();  // it is in the journal by the time that this is read
  second.recall.pass(second.outcomes);
  std::array<Submission, kRecentSubmissions> found;
  ASSERT_GT(second.state.profiles.newest_submissions(1000, 0, found), 40U);
  EXPECT_EQ(found[0].submit_s, static_cast<std::uint32_t>(own.request.submit_s));
  EXPECT_EQ(found[0].limit_s, 77U * 60);
  EXPECT_LT(found[1].submit_s, found[0].submit_s);
  EXPECT_EQ(second.recall.state().submissions, 300U) << "its own are not counted again";
}

TEST_F(JournalRecallTest, RequestsAreKnownAgainUntilTheirJobsEnd) {
  SubmissionEvent running;
  {
    Life first{directory_, kNow};
    running = first.submits(1001, 12);
    first.feed.finish();
  }
  Life second{directory_, kNow + 100};
  second.recall.pass(second.outcomes);
  const auto found = second.state.requests.find(running.token);
  ASSERT_TRUE(found);
  EXPECT_NE(found->script, 0U);
  EXPECT_EQ(found->script, running.request.script);
}

TEST_F(JournalRecallTest, WhatTheJournalCouldNotTakeIsKnownToo) {
  std::string before;
  SubmissionEvent last;
  {
    Life first{directory_, kNow};
    first.lives(40, 1);
    // As a full disk leaves it: the newer one of these is in both places.
    std::array<JournalEvent, 1> older, newer;
    last = first.submits(1002, 33);
    ASSERT_EQ(first.state.events.take(older), 1U);
    first.submits(1003, 34);
    ASSERT_EQ(first.state.events.take(newer), 1U);
    first.state.events.push(newer[0]);
    first.feed.finish();
    before = knowledge(first.state.profiles);
    ASSERT_TRUE(leave_events(directory_.string(), {older[0], newer[0]}));
  }
  Life second{directory_, kNow + 200'000};
  second.recall.pass(second.outcomes);
  EXPECT_TRUE(knowledge(second.state.profiles) == before);
  EXPECT_EQ(second.recall.state().submissions, 42U);
  EXPECT_TRUE(second.state.requests.find(last.token));
}

TEST_F(JournalRecallTest, WithoutAJournalOrWithADamagedOneItGoesOn) {
  Life none{directory_ / "nowhere", kNow};
  none.recall.pass(none.outcomes);
  EXPECT_TRUE(none.recall.state().done);
  EXPECT_EQ(none.recall.state().error, "");
  EXPECT_EQ(none.log, "");
  {
    Life first{directory_, kNow};
    first.lives(100, 1);
  }
  for (const auto& file : fs::directory_iterator(directory_ / "journal")) {
    if (file.path().extension() != ".fsj") continue;
    std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(static_cast<std::streamoff>(file.file_size() / 2));
    bytes << "torn in the middle";
  }
  Life second{directory_, kNow + 100'000};
  second.recall.pass(second.outcomes);
  EXPECT_GT(second.recall.state().submissions, 90U);
  EXPECT_GE(second.recall.state().unreadable, 1U);
  EXPECT_EQ(second.recall.state().error, "");
}

TEST_F(JournalRecallTest, HappensOnce) {
  {
    Life first{directory_, kNow};
    first.lives(20, 1);
  }
  Life second{directory_, kNow + 100'000};
  second.recall.pass(second.outcomes);
  const std::string once = knowledge(second.state.profiles);
  second.recall.pass(second.outcomes);
  EXPECT_EQ(knowledge(second.state.profiles), once);
}

}  // namespace
}  // namespace foreshape
