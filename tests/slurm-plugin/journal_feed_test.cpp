#include "slurm-plugin/journal_feed.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <variant>
#include <vector>

#include "predictor/journal/journal_reader.h"
#include "predictor/journal/journal_writer.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;

/// A feed over a folder of its own, which does not exist yet.
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
    s.journal_dir = (parent / "journal").string();
    return s;
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
  fs::create_directories(parent_);
  for (std::uint32_t id = 1; id <= 3; ++id) send(id);
  feed_.pass();
  const auto events = written();
  ASSERT_EQ(events.size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(job_of(events[i]), i + 1);
  EXPECT_TRUE(feed_.summary().open);
  EXPECT_EQ(feed_.summary().written, 3U);
}

TEST_F(JournalFeedTest, KeepsRecordsUntilTheFolderCanBeMade) {
  send(1);
  feed_.pass();
  EXPECT_FALSE(feed_.summary().open);
  EXPECT_NE(feed_.summary().last_error, "");
  fs::create_directories(parent_);
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
  fs::create_directories(parent_);
  clock_.advance(6);
  feed_.pass();
  const auto events = written();
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(std::get<NoticeEvent>(events[0]).lost_events, 3U);
  EXPECT_EQ(job_of(events[1]), 1U);
  feed_.pass();
  EXPECT_EQ(written().size(), 5U) << "a loss is told once";
}

TEST_F(JournalFeedTest, FollowsASettingToAnotherFolder) {
  fs::create_directories(parent_);
  send(1);
  feed_.pass();
  Settings other = settings(parent_);
  other.journal_dir = (parent_ / "elsewhere").string();
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
  fs::create_directories(parent_);
  feed_.finish();
  EXPECT_EQ(written().size(), 1U);
}

TEST_F(JournalFeedTest, WaitsForTheSlurmctldBeforeUsToLeaveTheFolder) {
  fs::create_directories(parent_);
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
  fs::create_directories(parent_);
  const auto other = JournalWriter::open(state_.settings.get()->journal_dir, {});
  ASSERT_TRUE(other);
  feed_.pass();
  clock_.advance(11);
  feed_.pass();
  EXPECT_NE(feed_.summary().last_error.find("another process writes this journal"), std::string::npos);
}

}  // namespace
}  // namespace foreshape
