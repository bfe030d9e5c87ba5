// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/journal_feed.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>
#include <variant>
#include <vector>

#include "predictor/journal/journal_reader.h"
#include "predictor/journal/journal_writer.h"
#include "slurm-plugin/agent/journal_left.h"

namespace foreshape {
namespace {

/// So many of the next calls of fdatasync in this program fail, as on a disk that loses what it was given.
int syncs_to_fail = 0;

}  // namespace
}  // namespace foreshape

extern "C" int fdatasync(int fd) {
  if (foreshape::syncs_to_fail > 0) {
    --foreshape::syncs_to_fail;
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

namespace foreshape {
namespace {

namespace fs = std::filesystem;

/// A feed over a directory of its own, which does not exist yet.
class JournalFeedTest : public testing::Test {
 protected:
  JournalFeedTest()
      : parent_(fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name()),
        clock_(1'700'000'000),
        state_(
            settings(parent_), SiteFacts{}, clock_, 1'700'000'000'000, [](LogLevel, std::string_view) {}, 4),
        feed_(state_) {
    fs::remove_all(parent_);
  }
  ~JournalFeedTest() override { fs::remove_all(parent_); }

  static Settings settings(const fs::path& parent) {
    Settings s;
    s.journal_dir = (parent / "disk" / "journal").string();
    s.state_dir = (parent / "state").string();
    return s;
  }
  void make_places() const {
    fs::create_directories(parent_ / "disk");
    fs::create_directories(parent_ / "state");
  }
  bool send(std::uint32_t job_id) { return state_.events.push(OutcomeEvent{.job_id = job_id}); }

  std::vector<JournalEvent> written() const {
    std::vector<JournalEvent> events;
    auto reader = JournalReader::open(state_.settings.get()->journal_dir);
    if (!reader) return events;
    for (auto entry = reader->next(); entry && *entry; entry = reader->next())
      events.push_back((**entry).event);
    return events;
  }
  static std::uint32_t job_of(const JournalEvent& event) { return std::get<OutcomeEvent>(event).job_id; }

  fs::path parent_;
  FakeClock clock_;
  RuntimeState state_;
  JournalFeed feed_;
};

TEST_F(JournalFeedTest, WritesWhatIsQueuedInOrder) {
  make_places();
  for (std::uint32_t id = 1; id <= 3; ++id) send(id);
  feed_.pass();
  const auto events = written();
  ASSERT_EQ(events.size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(job_of(events[i]), i + 1);
  EXPECT_TRUE(feed_.summary().open);
  EXPECT_EQ(feed_.summary().written, 3U);
}

TEST_F(JournalFeedTest, KeepsRecordsUntilTheDirectoryCanBeMade) {
  send(1);
  feed_.pass();
  EXPECT_FALSE(feed_.summary().open);
  EXPECT_NE(feed_.summary().last_error, "");
  make_places();
  feed_.pass();
  EXPECT_TRUE(written().empty()) << "it is not tried again at once";
  clock_.advance(6);
  feed_.pass();
  ASSERT_EQ(written().size(), 1U);
  EXPECT_EQ(feed_.summary().last_error, "");
  EXPECT_EQ(state_.faults.total(), 1U);
}

TEST_F(JournalFeedTest, RecordsTheLossOnceItCanWriteAgain) {
  for (std::uint32_t id = 1; id <= 7; ++id) send(id);
  feed_.pass();
  EXPECT_EQ(state_.events.lost(), 3U);
  make_places();
  clock_.advance(6);
  feed_.pass();
  const auto events = written();
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(std::get<NoticeEvent>(events[0]).lost_events, 3U);
  EXPECT_EQ(job_of(events[1]), 1U);
  feed_.pass();
  EXPECT_EQ(written().size(), 5U) << "a loss is told once";
}

TEST_F(JournalFeedTest, FollowsASettingToAnotherDirectory) {
  make_places();
  send(1);
  feed_.pass();
  Settings other = settings(parent_);
  other.journal_dir = (parent_ / "disk" / "elsewhere").string();
  state_.replace_settings(other);
  send(2);
  feed_.pass();
  const auto events = written();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(job_of(events[0]), 2U);
}

TEST_F(JournalFeedTest, WritesTheRestAtTheEndEvenWhileItWaitsToTryAgain) {
  send(1);
  feed_.pass();
  make_places();
  feed_.finish();
  EXPECT_EQ(written().size(), 1U);
}

TEST_F(JournalFeedTest, LeavesWhatItCanNotWriteForTheNextOne) {
  fs::create_directories(parent_ / "state");
  for (std::uint32_t id = 1; id <= 3; ++id) send(id);
  feed_.pass();
  feed_.finish();
  JournalFeed second(state_);  // its journal can't be written either
  send(4);
  second.pass();
  second.finish();
  make_places();
  clock_.advance(6);
  JournalFeed third(state_);
  send(5);
  third.pass();
  const auto events = written();
  ASSERT_EQ(events.size(), 5U);
  for (std::uint32_t i = 0; i < 5; ++i) EXPECT_EQ(job_of(events[i]), i + 1) << "in their order";
  EXPECT_EQ(third.summary().brought_back, 4U);
  EXPECT_EQ(third.summary().lost_before, 0U);
  third.finish();
  JournalFeed fourth(state_);
  fourth.pass();
  EXPECT_EQ(written().size(), 5U) << "once";
}

TEST_F(JournalFeedTest, SaysAtTheNextStartWhatFoundNoPlace) {
  make_places();
  feed_.pass();  // all is well
  Settings gone = settings(parent_);
  gone.journal_dir = (parent_ / "nowhere" / "journal").string();
  state_.replace_settings(gone);
  for (std::uint32_t id = 1; id <= 4; ++id) send(id);
  fs::create_directories(parent_ / "state" / "journal.left" / "in the way");
  feed_.pass();
  feed_.finish();
  fs::remove_all(parent_ / "state" / "journal.left");
  state_.replace_settings(settings(parent_));
  clock_.advance(6);
  JournalFeed next(state_);
  send(5);
  next.pass();
  const auto events = written();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<NoticeEvent>(events[0]).lost_events, 4U);
  EXPECT_EQ(next.summary().lost_before, 4U);
  next.finish();
  JournalFeed third(state_);
  third.pass();
  EXPECT_EQ(written().size(), 2U) << "a loss is told once";
}

TEST_F(JournalFeedTest, KeepsWhatWasLeftUntilASyncOfItHasWorked) {
  make_places();
  const std::string state_dir = settings(parent_).state_dir;
  ASSERT_TRUE(leave_events(state_dir, {OutcomeEvent{.job_id = 1}, OutcomeEvent{.job_id = 2}}));
  ASSERT_TRUE(note_lost(state_dir, 0));  // the file is there: no other sync comes before that of the journal
  syncs_to_fail = 1;
  feed_.pass();
  ASSERT_EQ(syncs_to_fail, 0);
  clock_.advance(6);
  syncs_to_fail = 1;
  feed_.pass();
  EXPECT_EQ(syncs_to_fail, 0) << "they were written again";
  feed_.finish();  // which tries once more
  EXPECT_FALSE(fs::exists(parent_ / "state" / "journal.left"));
  const auto events = written();
  ASSERT_GE(events.size(), 2U);
  EXPECT_EQ(job_of(events[events.size() - 2]), 1U);
  EXPECT_EQ(job_of(events.back()), 2U);
}

TEST_F(JournalFeedTest, KeepsWhatWasLeftIfNoSyncWorksUntilTheEnd) {
  make_places();
  const std::string state_dir = settings(parent_).state_dir;
  ASSERT_TRUE(leave_events(state_dir, {OutcomeEvent{.job_id = 1}, OutcomeEvent{.job_id = 2}}));
  ASSERT_TRUE(note_lost(state_dir, 0));
  syncs_to_fail = 2;
  feed_.pass();
  feed_.finish();
  EXPECT_EQ(syncs_to_fail, 0);
  const auto left = left_events(state_dir);
  ASSERT_TRUE(left);
  EXPECT_EQ(left->events.size(), 2U);
}

TEST_F(JournalFeedTest, DoesNotWriteOverWhatItCanNotReadAndStillTellsOfLosses) {
  make_places();
  const fs::path left = parent_ / "state" / "journal.left";
  ASSERT_TRUE(noted_lost(settings(parent_).state_dir));
  ASSERT_TRUE(note_lost(settings(parent_).state_dir, 3));
  std::ofstream(left) << "somebody else's";
  fs::permissions(left, fs::perms::others_write, fs::perm_options::add);  // not to be trusted
  feed_.pass();
  EXPECT_EQ(feed_.summary().lost_before, 3U);
  Settings gone = settings(parent_);
  gone.journal_dir = (parent_ / "nowhere" / "journal").string();
  state_.replace_settings(gone);
  send(1);
  send(2);
  feed_.finish();
  EXPECT_EQ(fs::file_size(left), 15U);
  EXPECT_EQ(noted_lost(settings(parent_).state_dir), 2U);
}

TEST_F(JournalFeedTest, CountsADamagedEndOnceAndKeepsItAside) {
  for (const bool some_are_whole : {true, false}) {
    SCOPED_TRACE(some_are_whole);
    fs::remove_all(parent_);
    make_places();
    const std::string state_dir = settings(parent_).state_dir;
    const fs::path left = parent_ / "state" / "journal.left";
    if (some_are_whole) {
      ASSERT_TRUE(leave_events(state_dir, {OutcomeEvent{.job_id = 1}}));
    }
    std::ofstream(left, std::ios::app) << "torn";
    fs::permissions(left, fs::perms::owner_read | fs::perms::owner_write);
    JournalFeed feed(state_);
    clock_.advance(6);
    feed.pass();
    feed.finish();
    const auto events = written();
    ASSERT_EQ(events.size(), some_are_whole ? 2U : 1U);
    EXPECT_EQ(std::get<NoticeEvent>(events[0]).lost_events, 1U);
    EXPECT_FALSE(fs::exists(left));
    EXPECT_TRUE(fs::exists(parent_ / "state" / "journal.left.damaged"));
    JournalFeed next(state_);
    next.pass();
    EXPECT_EQ(next.summary().lost_before, 0U);
    EXPECT_EQ(written().size(), events.size()) << "once";
  }
}

TEST_F(JournalFeedTest, WaitsForTheSlurmctldBeforeUsToLeaveTheDirectory) {
  make_places();
  auto before = JournalWriter::open(state_.settings.get()->journal_dir, {});
  ASSERT_TRUE(before);
  send(1);
  feed_.pass();
  EXPECT_EQ(feed_.summary().last_error, "") << "a reconfigure hands the journal over";
  before = tl::make_unexpected(Error{});
  feed_.pass();
  EXPECT_EQ(written().size(), 1U);
}

TEST_F(JournalFeedTest, ComplainsOfAnotherWriterThatStays) {
  make_places();
  const auto other = JournalWriter::open(state_.settings.get()->journal_dir, {});
  ASSERT_TRUE(other);
  feed_.pass();
  clock_.advance(11);
  feed_.pass();
  EXPECT_NE(feed_.summary().last_error.find("another process is writing this journal"), std::string::npos);
}

}  // namespace
}  // namespace foreshape
