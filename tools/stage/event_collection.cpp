// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/event_collection.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <variant>
#include <vector>

#include "predictor/base/text.h"
#include "predictor/journal/codec.h"
#include "predictor/journal/journal_files.h"
#include "predictor/journal/journal_reader.h"
#include "tools/stage/owner_process.h"
#include "tools/stage/stage_journal.h"
#include "tools/stage/tree_names.h"
#include "tools/stage/user_directory.h"

namespace foreshape {
namespace {

/// Of a user in one call; an event is a few hundred bytes.
constexpr std::size_t kMaxEvents = 200;
constexpr std::chrono::seconds kCollectionTime{10};
using EventSize = std::uint32_t;

/// With the user's rights: what comes after the last that was taken over, each event behind its size.
std::string events_to_take(const std::string& journal) {
  auto reader = JournalReader::open(journal, read_ingested(journal).value_or(0) + 1);
  std::string bytes;
  EventEncoder encoder;
  for (std::size_t taken = 0; reader && taken < kMaxEvents;) {
    auto entry = reader->next();
    if (!entry && entry.error().code == ErrorCode::unavailable) break;
    if (!entry) continue;
    if (!*entry) break;
    auto* event = std::get_if<StageEvent>(&(*entry)->event);
    if (event == nullptr) continue;
    event->user_number = (*entry)->sequence;
    const std::string_view encoded = encoder.encode(*event);
    const auto size = static_cast<EventSize>(encoded.size());
    bytes.append(reinterpret_cast<const char*>(&size), sizeof size).append(encoded);
    ++taken;
  }
  return bytes;
}

/// Whatever the user's process answered: up to the first that is no event.
std::vector<StageEvent> events_in(std::string_view bytes, uid_t uid, UnixSeconds now) {
  std::vector<StageEvent> events;
  while (bytes.size() > sizeof(EventSize) && events.size() < kMaxEvents) {
    EventSize size = 0;
    std::memcpy(&size, bytes.data(), sizeof size);
    bytes.remove_prefix(sizeof size);
    const auto decoded = decode_event(bytes.substr(0, size));
    if (!decoded || size > bytes.size()) break;
    bytes.remove_prefix(size);
    const auto* told = std::get_if<StageEvent>(&*decoded);
    if (const auto event = told != nullptr ? believed_event(*told, uid, now) : std::nullopt)
      events.push_back(*event);
  }
  return events;
}

template <std::size_t N>
BoundedText<N> harmless_text(const BoundedText<N>& text) {
  return BoundedText<N>(harmless(text.view()));
}

/// One user's; how many.
Result<std::size_t> collect_of(const StageSettings& settings, const std::string& name,
                               const struct stat& owner, const Clock& clock) {
  const std::string journal = settings.buffer + "/" + name + "/.events";
  const auto bytes =
      answer_as(owner.st_uid, owner.st_gid, kCollectionTime, [&] { return events_to_take(journal); });
  if (!bytes || bytes->empty()) return std::size_t{0};
  const auto events = events_in(*bytes, owner.st_uid, clock.now_s());
  if (events.empty()) return std::size_t{0};
  if (auto kept = append_to_account(settings, events, clock); !kept) return tl::make_unexpected(kept.error());
  const std::uint64_t last = std::ranges::max(events, {}, &StageEvent::user_number).user_number;
  static_cast<void>(answer_as(owner.st_uid, owner.st_gid, kCollectionTime, [&] {
    return write_ingested(journal, last) ? std::string() : std::string("not written");
  }));
  return events.size();
}

}  // namespace

std::optional<StageEvent> believed_event(const StageEvent& told, uid_t uid, UnixSeconds now) {
  constexpr std::int64_t kPebi = std::int64_t{1} << 50, kDay_s = 86'400, kMonth_s = 30 * kDay_s;
  if (told.step == StagePhase::planned) return std::nullopt;
  StageEvent event = told;
  event.uid = uid;
  event.at_s = std::clamp(told.at_s, now - kMonth_s, now);
  event.bytes = std::clamp<std::int64_t>(told.bytes, 0, kPebi);
  event.copy_ms = std::clamp<std::int64_t>(told.copy_ms, 0, kMonth_s * 1'000);
  event.user_number = std::clamp<std::uint64_t>(told.user_number, 1, INT64_MAX);
  event.source = harmless_text(told.source);
  event.file_system = harmless_text(told.file_system);
  event.reason = harmless_text(told.reason);
  return event;
}

Result<std::size_t> collect_events(const StageSettings& settings, const Clock& clock) {
  if (settings.account.empty()) return std::size_t{0};
  const auto buffer = open_buffer(settings.buffer);
  if (!buffer) return tl::make_unexpected(buffer.error());
  const auto names = names_in(buffer->get(), kMaxUsers);
  if (!names) return tl::make_unexpected(about(settings.buffer, names.error()));
  std::size_t taken = 0;
  for (const std::string& name : *names) {
    struct stat owner {};
    const auto uid = named_uid(name);
    if (!uid || *uid == 0 || ::fstatat(buffer->get(), name.c_str(), &owner, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    if (!S_ISDIR(owner.st_mode) || owner.st_uid != *uid) continue;
    const auto of_user = collect_of(settings, name, owner, clock);
    if (!of_user) return tl::make_unexpected(of_user.error());
    taken += *of_user;
  }
  return taken;
}

}  // namespace foreshape
