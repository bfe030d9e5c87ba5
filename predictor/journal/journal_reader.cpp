// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/journal/journal_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>

#include "predictor/journal/codec.h"
#include "predictor/journal/frame_scanner.h"
#include "predictor/journal/journal_files.h"

namespace foreshape {
namespace {

constexpr std::size_t kDamageKept = 1'000;

Result<FrameScanner> open_scanner(const std::string& directory, const JournalFile& file) {
  const std::string path = directory + "/" + file.name;
  Descriptor descriptor{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!descriptor.is_open()) {
    const auto code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
    return failure(code, path + ": " + std::strerror(errno));  // NOLINT(concurrency-mt-unsafe)
  }
  return FrameScanner(std::move(descriptor), path, file.first_sequence);
}

}  // namespace

struct JournalReader::State {
  std::string directory;
  std::uint64_t wanted = 0;             // no entry below it is answered
  std::uint64_t expected = 0;           // the number after the last one seen; 0 = none seen yet
  std::optional<FrameScanner> scanner;  // of the file being read
  std::uint64_t file_first = 0;         // the first number of that file
  std::vector<JournalDamage> damage;
  std::uint64_t missing = 0;

  void note_damage(std::int64_t offset, std::int64_t bytes) {
    if (bytes > 0 && damage.size() < kDamageKept) damage.push_back({scanner->path(), offset, bytes});
  }

  /// Counts the numbers between the last record and this one, as far as they were wanted.
  void note_sequence(std::uint64_t sequence) {
    const std::uint64_t from = std::max(expected, wanted);
    if (expected != 0 && sequence > from) missing += sequence - from;
    expected = sequence + 1;
  }

  Result<std::optional<JournalFile>> next_file() const;
  Result<std::optional<FrameScanner::Found>> read_frame();
  Result<std::optional<FrameScanner::Found>> next_frame();
};

/// The file after the one being read; at first, the one in which `wanted` lies.
Result<std::optional<JournalFile>> JournalReader::State::next_file() const {
  const auto files = list_journal_files(directory);
  if (!files) return tl::make_unexpected(files.error());
  auto next = files->begin();
  if (scanner)
    while (next != files->end() && next->first_sequence <= file_first) ++next;
  else
    while (files->end() - next > 1 && next[1].first_sequence <= wanted) ++next;
  return next == files->end() ? std::nullopt : std::optional{*next};
}

/// The next whole frame of the file being read.
Result<std::optional<FrameScanner::Found>> JournalReader::State::read_frame() {
  if (!scanner) return std::nullopt;
  auto found = scanner->next();
  if (found && *found) note_damage((*found)->skipped_at, (*found)->skipped);
  return found;
}

/// The next whole frame of any file.
Result<std::optional<FrameScanner::Found>> JournalReader::State::next_frame() {
  for (;;) {
    if (auto found = read_frame(); !found || *found) return found;
    const auto next = next_file();
    if (!next) return tl::make_unexpected(next.error());
    if (!*next) return std::nullopt;
    // The writer is done with this file, but may have added to it between our reading and our looking.
    if (auto found = read_frame(); !found || *found) return found;
    if (scanner) note_damage(scanner->end(), scanner->file_bytes() - scanner->end());
    auto opened = open_scanner(directory, **next);
    // Deleted meanwhile to make room: then another one is the next.
    if (!opened && opened.error().code == ErrorCode::not_found) continue;
    if (!opened) return tl::make_unexpected(opened.error());
    scanner.emplace(std::move(*opened));
    file_first = (*next)->first_sequence;
  }
}

JournalReader::JournalReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
JournalReader::~JournalReader() = default;
JournalReader::JournalReader(JournalReader&&) noexcept = default;
JournalReader& JournalReader::operator=(JournalReader&&) noexcept = default;

Result<JournalReader> JournalReader::open(const std::string& directory, std::uint64_t from_sequence) {
  auto state = std::make_unique<State>();
  state->directory = directory;
  state->wanted = from_sequence;
  if (const auto files = list_journal_files(directory); !files) return tl::make_unexpected(files.error());
  return JournalReader(std::move(state));
}

Result<std::optional<JournalEntry>> JournalReader::next() {
  for (;;) {
    const auto frame = state_->next_frame();
    if (!frame) return tl::make_unexpected(frame.error());
    if (!*frame) return std::nullopt;
    const std::uint64_t sequence = (*frame)->sequence;
    if (sequence < state_->expected) continue;  // never twice, whatever the files say
    state_->note_sequence(sequence);
    if (sequence < state_->wanted) continue;
    auto event = decode_event((*frame)->payload);
    if (!event)
      return tl::make_unexpected(
          about(fmt::format("{}: record {}", state_->scanner->path(), sequence), event.error()));
    return JournalEntry{sequence, *event};
  }
}

const std::vector<JournalDamage>& JournalReader::damage() const { return state_->damage; }
std::uint64_t JournalReader::missing_records() const { return state_->missing; }

}  // namespace foreshape
