// SPDX-License-Identifier: GPL-2.0-or-later
// Writer and reader together: what is promised of the journal as a whole.

#include <csignal>
#include <fcntl.h>
#include <random>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "predictor/journal/frame.h"
#include "tests/predictor/journal/journal_fixture.h"

namespace foreshape {

TEST_F(JournalTest, WhatIsAppendedIsReadInOrder) {
  JournalWriter w = writer();
  append_to(w, 100);
  ASSERT_TRUE(w.sync());
  EXPECT_EQ(numbers_in(directory_), range(1, 100));
}

TEST_F(JournalTest, IsReadableByItsGroupOnly) {
  JournalWriter w = writer();
  append_to(w, 1);
  struct stat info {};
  ASSERT_EQ(::stat(directory_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0027U, 0U);
  ASSERT_EQ(::stat((directory_ + "/" + journal_file_name(1)).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0137U, 0U);
}

TEST_F(JournalTest, AReaderFollowsTheWriterAcrossFiles) {
  JournalWriter w = writer({.file_bytes = 2'000, .total_bytes = 1 << 20});
  auto reader = JournalReader::open(directory_);
  ASSERT_TRUE(reader);
  for (std::uint64_t last = 1; last <= 60; ++last) {
    append_to(w, last);
    EXPECT_EQ(numbers_in(*reader), range(last, last));
  }
  EXPECT_GE(w.files(), 5U);
  EXPECT_EQ(reader->missing_records(), 0U);
}

TEST_F(JournalTest, AReaderStartsWhereItIsTold) {
  JournalWriter w = writer({.file_bytes = 2'000, .total_bytes = 1 << 20});
  append_to(w, 60);
  for (const std::uint64_t from : {0U, 1U, 2U, 17U, 59U, 60U}) {
    auto reader = JournalReader::open(directory_, from);
    ASSERT_TRUE(reader);
    EXPECT_EQ(numbers_in(*reader), range(std::max<std::uint64_t>(from, 1), 60));
  }
  auto reader = JournalReader::open(directory_, 61);
  ASSERT_TRUE(reader);
  EXPECT_EQ(numbers_in(*reader), range(61, 60));
  append_to(w, 62);
  EXPECT_EQ(numbers_in(*reader), range(61, 62));
}

TEST_F(JournalTest, GoesOnAfterARestart) {
  for (std::uint64_t last = 7; last <= 70; last += 7) {
    JournalWriter w = writer({.file_bytes = 2'000, .total_bytes = 1 << 20});
    append_to(w, last);
  }
  EXPECT_EQ(numbers_in(directory_), range(1, 70));
}

TEST_F(JournalTest, ANewJournalBeginsBeyondWhatTheStoreHasSeen) {
  EXPECT_EQ(writer({.first_sequence = 1'000}).next_sequence(), 1'000U);
  ASSERT_TRUE(write_ingested(directory_, 5'000));
  EXPECT_EQ(writer({.first_sequence = 1'000}).next_sequence(), 5'001U);
  {
    JournalWriter w = writer();
    append_to(w, 5'003);
  }
  ASSERT_TRUE(write_ingested(directory_, 6'000));  // the files were restored from an older copy
  JournalWriter w = writer();
  append_to(w, 6'002);
  EXPECT_EQ(numbers_in(directory_), (std::vector<std::uint64_t>{5'001, 5'002, 5'003, 6'001, 6'002}));
}

TEST_F(JournalTest, HasOneWriterAtATime) {
  const JournalWriter w = writer();
  const auto second = JournalWriter::open(directory_, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, directory_ + ": another process is writing this journal");
}

TEST_F(JournalTest, SaysWhyItCannotBeOpened) {
  EXPECT_EQ(JournalWriter::open(root_ + "/no/journal", {}).error().code, ErrorCode::unavailable);
  EXPECT_EQ(JournalReader::open(root_ + "/no/journal").error().code, ErrorCode::not_found);
  put_bytes(root_ + "/file", "");
  EXPECT_EQ(JournalWriter::open(root_ + "/file", {}).error().code, ErrorCode::unavailable);
  ASSERT_EQ(::mkdir(directory_.c_str(), 0700), 0);
  ASSERT_EQ(::chmod(directory_.c_str(), 0777), 0);
  EXPECT_EQ(JournalWriter::open(directory_, {}).error().code, ErrorCode::invalid_input);
}

TEST_F(JournalTest, CutAnywhereItKeepsWhatIsWholeAndGoesOn) {
  constexpr std::uint64_t kRecords = 6;
  std::vector<std::size_t> ends{0};  // of the file after each record
  const std::string path = directory_ + "/" + journal_file_name(1);
  {
    JournalWriter w = writer();
    for (std::uint64_t i = 1; i <= kRecords; ++i) {
      append_to(w, i);
      ends.push_back(static_cast<std::size_t>(w.total_bytes()));
    }
  }
  const std::string whole = bytes_of(path);
  ASSERT_EQ(whole.size(), ends.back());
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    SCOPED_TRACE(cut);
    put_bytes(path, whole.substr(0, cut));
    const auto kept =
        static_cast<std::uint64_t>(std::upper_bound(ends.begin(), ends.end(), cut) - ends.begin()) - 1;
    auto reader = JournalReader::open(directory_);
    ASSERT_TRUE(reader);
    ASSERT_EQ(numbers_in(*reader), range(1, kept));
    EXPECT_TRUE(reader->damage().empty());

    JournalWriter w = writer();
    ASSERT_EQ(w.next_sequence(), kept + 1);
    EXPECT_EQ(w.repaired_bytes(), static_cast<std::int64_t>(cut - ends[kept]));
    append_to(w, kept + 2);
    ASSERT_EQ(numbers_in(*reader), range(kept + 1, kept + 2));
  }
}

TEST_F(JournalTest, WithAnyBitFlippedItLosesThatRecordOnlyAndSaysWhere) {
  constexpr std::uint64_t kRecords = 5;
  std::vector<std::size_t> ends{0};
  const std::string path = directory_ + "/" + journal_file_name(1);
  {
    JournalWriter w = writer();
    for (std::uint64_t i = 1; i <= kRecords; ++i) {
      append_to(w, i);
      ends.push_back(static_cast<std::size_t>(w.total_bytes()));
    }
  }
  const std::string bytes = bytes_of(path);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    SCOPED_TRACE(bit);
    const auto flip = static_cast<char>(1U << (bit % 8));
    poke_byte(path, bit / 8, static_cast<char>(bytes[bit / 8] ^ flip));
    const auto hit =
        static_cast<std::uint64_t>(std::upper_bound(ends.begin(), ends.end(), bit / 8) - ends.begin());
    std::vector<std::uint64_t> want = range(1, kRecords);
    std::erase(want, hit);
    auto reader = JournalReader::open(directory_);
    ASSERT_TRUE(reader);
    ASSERT_EQ(numbers_in(*reader), want);
    if (hit < kRecords) {
      ASSERT_EQ(reader->damage().size(), 1U);
      EXPECT_EQ(reader->damage()[0].file, path);
      EXPECT_EQ(reader->damage()[0].offset, static_cast<std::int64_t>(ends[hit - 1]));
      EXPECT_EQ(reader->damage()[0].bytes, static_cast<std::int64_t>(ends[hit] - ends[hit - 1]));
      EXPECT_EQ(reader->missing_records(), hit == 1 ? 0U : 1U);
    }
    poke_byte(path, bit / 8, bytes[bit / 8]);
  }
}

TEST_F(JournalTest, DamageAtAFilesEndIsReportedOnceALaterFileExists) {
  const std::string path = directory_ + "/" + journal_file_name(1);
  JournalWriter w = writer({.file_bytes = 500, .total_bytes = 1 << 20});
  append_to(w, 20);
  const std::string bytes = bytes_of(path);
  put_bytes(path, bytes.substr(0, bytes.size() - 1));
  auto reader = JournalReader::open(directory_);
  ASSERT_TRUE(reader);
  const auto numbers = numbers_in(*reader);
  EXPECT_EQ(numbers.size(), 19U);
  ASSERT_EQ(reader->damage().size(), 1U);
  EXPECT_EQ(reader->damage()[0].file, path);
  EXPECT_EQ(reader->missing_records(), numbers.front() == 1 ? 1U : 0U);
}

TEST_F(JournalTest, AFrameInsideAUsersTextIsNotBelieved) {
  // Slurm's texts are C strings; these have NUL bytes all the same, which makes forging easier than it is.
  std::string forged;
  make_frame(2, encoded(OutcomeEvent{.token = 666, .state = JobState::completed}).substr(0, 96), forged);
  SubmissionEvent e;
  e.token = 1;
  e.name.assign(forged);
  const std::string path = directory_ + "/" + journal_file_name(1);
  {
    JournalWriter w = writer();
    ASSERT_TRUE(w.append(e));
    append_to(w, 3);
  }
  std::string bytes = bytes_of(path);
  bytes[30] = static_cast<char>(bytes[30] ^ 1);  // record 1 is damaged, so what is inside it comes to light
  put_bytes(path, bytes);
  auto reader = JournalReader::open(directory_);
  ASSERT_TRUE(reader);
  std::vector<std::uint64_t> tokens;
  for (auto entry = reader->next(); !entry || *entry; entry = reader->next())
    if (entry) tokens.push_back((*entry)->sequence);
  EXPECT_EQ(tokens.back(), 3U);
}

TEST_F(JournalTest, AtTheSizeLimitIngestedFilesGoFirstAndLossesAreCounted) {
  const JournalOptions options{.file_bytes = 2'000, .total_bytes = 10'000};
  JournalWriter w = writer(options);
  append_to(w, 20);
  ASSERT_TRUE(write_ingested(directory_, 20));
  EXPECT_EQ(w.dropped_records(), 0U);
  append_to(w, 24);
  EXPECT_EQ(w.dropped_records(), 0U);
  append_to(w, 100);
  EXPECT_LE(w.total_bytes(), options.total_bytes);
  const auto left = numbers_in(directory_);
  EXPECT_EQ(left, range(left.front(), 100));
  EXPECT_EQ(w.dropped_records(), left.front() - 21);
}

TEST_F(JournalTest, KilledAtAnyMomentItHasAllThatWasSyncedAndNothingTwice) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same moments each time
  std::uint64_t synced = 0;
  for (int round = 0; round < 15; ++round) {
    int reports[2];
    ASSERT_EQ(::pipe2(reports, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto w = JournalWriter::open(directory_, {.file_bytes = 20'000, .total_bytes = 1 << 30});
      for (int i = 0; w; ++i) {
        if (!w->append(numbered_event(w->next_sequence()))) break;
        if (i % 50 != 0) continue;
        if (!w->sync()) break;
        const std::uint64_t last = w->next_sequence() - 1;
        if (::write(reports[1], &last, sizeof last) != sizeof last) break;
      }
      ::_exit(1);
    }
    ::close(reports[1]);
    const auto reports_wanted = 1 + random() % 20;
    for (auto i = reports_wanted; i > 0; --i)
      ASSERT_EQ(::read(reports[0], &synced, sizeof synced), static_cast<ssize_t>(sizeof synced));
    for (auto spin = random() % 200'000; spin > 0; --spin) asm volatile("");
    ::kill(child, SIGKILL);
    // What it reported between our last reading and the kill counts too.
    while (::read(reports[0], &synced, sizeof synced) == static_cast<ssize_t>(sizeof synced)) {
    }
    ::close(reports[0]);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);

    const auto numbers = numbers_in(directory_);
    ASSERT_GE(numbers.size(), synced);
    ASSERT_EQ(numbers, range(1, numbers.size()));
    ASSERT_EQ(writer().next_sequence(), numbers.size() + 1);
  }
}

constexpr int kNoMount = 77;

/// Runs the check in a child process in which a tmpfs of so many bytes lies over the directory.
/// Answers 0 if it passed, kNoMount where this process may not mount.
template <class Check>
int in_small_tmpfs(const std::string& directory, int bytes, const Check& check) {
  const uid_t uid = ::getuid();
  const pid_t child = ::fork();
  if (child == 0) {
    if (uid != 0) {
      if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ::_exit(kNoMount);
      put_bytes("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
    } else if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      ::_exit(kNoMount);
    }
    if (::mount("tmpfs", directory.c_str(), "tmpfs", 0, ("size=" + std::to_string(bytes)).c_str()) != 0)
      ::_exit(kNoMount);
    check();
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/// No file of this process may grow beyond this while it lives: write(2) then writes a part, and fails.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    before_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*before_handler_)(int) = nullptr;
};

TEST_F(JournalTest, AWriteThatFailsHalfWayLeavesTheJournalAsItWas) {
  JournalWriter w = writer();
  append_to(w, 7);
  const auto good = static_cast<rlim_t>(w.total_bytes());
  for (rlim_t room = 0; room < 150; room += 7) {
    SCOPED_TRACE(room);
    const FileSizeLimit limit(good + room);
    const auto refused = w.append(numbered_event(8));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_EQ(numbers_in(directory_), range(1, 7));
  }
  append_to(w, 9);  // the trouble is over
  EXPECT_EQ(numbers_in(directory_), range(1, 9));
}

TEST_F(JournalTest, OnAFullDiskItRefusesUntilThereIsRoomAndGivesUpWhatIsIngested) {
  const int result = in_small_tmpfs(root_, 64 << 10, [this] {
    JournalWriter w = writer({.file_bytes = 8'000, .total_bytes = 1 << 30});
    while (w.append(numbered_event(w.next_sequence()))) {
    }
    const std::uint64_t full = w.next_sequence();
    EXPECT_NE(w.append(numbered_event(full)).error().message.find("No space left"), std::string::npos);
    EXPECT_EQ(numbers_in(directory_), range(1, full - 1));

    // `ingested` needs room itself: this is ingest on another machine, or before the disk was full.
    std::filesystem::remove(directory_ + "/" + journal_file_name(1));
    ASSERT_TRUE(write_ingested(directory_, full / 2));
    while (w.append(numbered_event(w.next_sequence()))) {
    }
    EXPECT_GT(w.next_sequence(), full + 10);
    const auto left = numbers_in(directory_);
    EXPECT_LE(left.front(), full / 2 + 1);
    EXPECT_EQ(left, range(left.front(), w.next_sequence() - 1));
    EXPECT_EQ(w.dropped_records(), 0U);
  });
  if (result == kNoMount) GTEST_SKIP() << "may not mount a tmpfs here";
  EXPECT_EQ(result, 0);
}

TEST_F(JournalTest, ADirectoryDeletedMeanwhileIsMadeAgain) {
  JournalWriter w = writer();
  append_to(w, 3);
  ASSERT_TRUE(w.sync());
  std::filesystem::remove_all(directory_);
  append_to(w, 4);
  EXPECT_FALSE(w.sync());
  append_to(w, 6);
  ASSERT_TRUE(w.sync());
  EXPECT_EQ(numbers_in(directory_), range(5, 6));
}

}  // namespace foreshape
