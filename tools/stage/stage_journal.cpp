// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_journal.h"

#include <charconv>
#include <cstdlib>
#include <deque>
#include <fmt/format.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <variant>

#include "predictor/base/directory.h"
#include "predictor/journal/journal_reader.h"
#include "predictor/journal/journal_writer.h"
#include "tools/stage/owner_process.h"
#include "tools/stage/tree_names.h"
#include "tools/stage/user_directory.h"

namespace foreshape {
namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20;
constexpr std::int64_t kOwnBytes = kMiB, kOwnFile = kMiB / 8;
constexpr std::int64_t kAccountBytes = 32 * kMiB, kAccountFile = 2 * kMiB;

JournalOptions journal_options(std::int64_t file_bytes, std::int64_t total_bytes, const Clock& clock) {
  constexpr std::uint64_t kMicroseconds = 1'000'000;
  return {file_bytes, total_bytes, static_cast<std::uint64_t>(clock.now_s()) * kMicroseconds};
}

/// Others that write it hold it for a moment each.
Result<JournalWriter> open_within_half_a_second(const std::string& directory, const JournalOptions& options) {
  constexpr int kTries = 25;
  constexpr useconds_t kPause_us = 20'000;
  auto writer = JournalWriter::open(directory, options);
  for (int i = 1; i < kTries && !writer && writer.error().code == ErrorCode::busy; ++i) {
    ::usleep(kPause_us);
    writer = JournalWriter::open(directory, options);
  }
  return writer;
}

JobId job_of_this_process() {
  const char* text = std::getenv("SLURM_JOB_ID");  // NOLINT(concurrency-mt-unsafe): one thread
  const std::string_view digits = text != nullptr ? text : "";
  JobId job = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), job);
  return problem == std::errc{} && end == digits.data() + digits.size() ? job : 0;
}

Result<void> append_all(const std::string& directory, const std::vector<StageEvent>& events,
                        const Clock& clock) {
  auto writer = open_within_half_a_second(directory, journal_options(kAccountFile, kAccountBytes, clock));
  if (!writer) return tl::make_unexpected(writer.error());
  for (const StageEvent& event : events)
    if (auto appended = writer->append(event); !appended) return tl::make_unexpected(appended.error());
  return writer->sync();
}

/// Whose the account is: the directory's owner, else whoever owns what it will lie in.
Result<struct stat> owner_of(const std::string& directory) {
  struct stat info {};
  if (::lstat(directory.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return info;
  if (::stat(directory_of(directory).c_str(), &info) == 0) return info;
  return failure(ErrorCode::unavailable, directory + ": " + last_reason());
}

}  // namespace

std::string own_stage_journal(const StageSettings& settings) {
  return fmt::format("{}/{}/.events", settings.buffer, ::geteuid());
}

void note_own_event(const StageSettings& settings, StageEvent event, const Clock& clock) {
  if (settings.account.empty()) return;
  const auto buffer = open_buffer(settings.buffer);
  if (!buffer || !open_user_directory(buffer->get(), true)) return;
  event.uid = ::geteuid();
  event.at_s = clock.now_s();
  if (event.job_id == 0) event.job_id = job_of_this_process();
  auto writer =
      open_within_half_a_second(own_stage_journal(settings), journal_options(kOwnFile, kOwnBytes, clock));
  if (writer) static_cast<void>(writer->append(event));
}

Result<void> append_to_account(const StageSettings& settings, const std::vector<StageEvent>& events,
                               const Clock& clock) {
  constexpr std::chrono::seconds kTime{30};
  if (events.empty() || settings.account.empty()) return {};
  const auto owner = owner_of(settings.account);
  if (!owner) return tl::make_unexpected(owner.error());
  const auto answer = answer_as(owner->st_uid, owner->st_gid, kTime, [&] {
    const auto done = append_all(settings.account, events, clock);
    return done ? std::string() : done.error().message;
  });
  if (!answer) return tl::make_unexpected(about(settings.account, answer.error()));
  if (!answer->empty()) return failure(ErrorCode::unavailable, *answer);
  return {};
}

Result<std::vector<StageEvent>> read_stage_journal(const std::string& directory) {
  constexpr std::size_t kMaxEventsRead = 100'000;
  auto reader = JournalReader::open(directory);
  if (!reader) return tl::make_unexpected(reader.error());
  std::deque<StageEvent> newest;
  while (true) {
    const auto entry = reader->next();
    if (!entry && entry.error().code == ErrorCode::unavailable) return tl::make_unexpected(entry.error());
    if (!entry) continue;
    if (!*entry) break;
    const auto* event = std::get_if<StageEvent>(&(*entry)->event);
    if (event == nullptr) continue;
    newest.push_back(*event);
    if (newest.size() > kMaxEventsRead) newest.pop_front();
  }
  return std::vector<StageEvent>(newest.begin(), newest.end());
}

}  // namespace foreshape
