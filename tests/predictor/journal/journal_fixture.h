// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Events and directories for the journal's tests.
//
// Runs in: offline.
// Threads: one.

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <vector>

#include "predictor/journal/codec.h"
#include "predictor/journal/journal_reader.h"
#include "predictor/journal/journal_writer.h"

namespace foreshape {

/// A directory that is gone after the test.
class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    std::string name = testing::TempDir() + "foreshape_journal_XXXXXX";
    root_ = ::mkdtemp(name.data());
    directory_ = root_ + "/journal";
  }
  ~JournalTest() override { std::filesystem::remove_all(root_); }

  JournalWriter writer(const JournalOptions& options = {}) const {
    auto opened = JournalWriter::open(directory_, options);
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }

  std::string root_, directory_;
};

/// An event that can be told from others by its number; kinds and sizes vary with it.
inline JournalEvent numbered_event(std::uint64_t number) {
  switch (number % 4) {
    case 0: {
      SubmissionEvent e;
      e.token = number;
      e.request.submit_s = 1'790'000'000 + static_cast<UnixSeconds>(number);
      e.request.limit_s = 3'600;
      e.prediction.of(Resource::run_time).quantiles.fill(static_cast<float>(number));
      e.prediction.of(Resource::run_time).jobs = 7;
      e.name.assign(std::string(number % 100, 'n'));
      return e;
    }
    case 1: {
      OutcomeEvent e;
      e.token = number;
      e.state = JobState::completed;
      return e;
    }
    case 2: {
      HoldEvent e;
      e.idle_node_s = static_cast<std::int64_t>(number);
      e.reason.assign("why");
      return e;
    }
    default: {
      NoticeEvent e;
      e.lost_events = number;
      return e;
    }
  }
}

/// The event's bytes: equal for equal events.
inline std::string encoded(const JournalEvent& event) { return std::string(EventEncoder().encode(event)); }

/// Everything that a new reader finds. Fails on an error, on an entry that is not numbered_event of its
/// own number, and on numbers that don't rise.
inline std::vector<std::uint64_t> numbers_in(JournalReader& reader) {
  std::vector<std::uint64_t> numbers;
  for (;;) {
    const auto entry = reader.next();
    if (!entry) ADD_FAILURE() << entry.error().message;
    if (!entry || !*entry) return numbers;
    EXPECT_TRUE(numbers.empty() || numbers.back() < (*entry)->sequence);
    numbers.push_back((*entry)->sequence);
    EXPECT_EQ(encoded((*entry)->event), encoded(numbered_event((*entry)->sequence))) << (*entry)->sequence;
  }
}

inline std::vector<std::uint64_t> numbers_in(const std::string& directory) {
  auto reader = JournalReader::open(directory);
  EXPECT_TRUE(reader) << reader.error().message;
  return reader ? numbers_in(*reader) : std::vector<std::uint64_t>{};
}

inline std::vector<std::uint64_t> range(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t i = first; i <= last; ++i) numbers.push_back(i);
  return numbers;
}

/// Appends numbered events until the writer's next number is past last.
inline void append_to(JournalWriter& writer, std::uint64_t last) {
  while (writer.next_sequence() <= last) {
    const auto appended = writer.append(numbered_event(writer.next_sequence()));
    ASSERT_TRUE(appended) << appended.error().message;
  }
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void put_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

inline void poke_byte(const std::string& path, std::size_t offset, char byte) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(byte);
}

}  // namespace foreshape
