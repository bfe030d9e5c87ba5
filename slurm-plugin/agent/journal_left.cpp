// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/journal_left.h"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <string_view>
#include <unistd.h>

#include "predictor/base/descriptor.h"
#include "predictor/base/file.h"
#include "predictor/journal/codec.h"
#include "predictor/journal/frame.h"

namespace foreshape {
namespace {

constexpr std::size_t kMaxLeftBytes = 256U << 20;
constexpr std::size_t kLostBytes = 21;

std::string left_file(const std::string& state_dir) { return state_dir + "/journal.left"; }
std::string lost_file(const std::string& state_dir) { return state_dir + "/journal.lost"; }

std::string lost_text(std::uint64_t events) { return fmt::format("{:020}\n", events); }

tl::unexpected<Error> trouble(const std::string& path, const char* step, int reason) {
  return failure(ErrorCode::unavailable, fmt::format("{}: {}: {}", path, step, std::strerror(reason)));
}

/// In place: the file has its block already.
Result<void> write_lost(const std::string& path, std::uint64_t events) {
  const Descriptor file{::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!file.is_open()) return trouble(path, "open", errno);
  const std::string text = lost_text(events);
  if (::pwrite(file.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    return trouble(path, "write", errno);
  return ::fdatasync(file.get()) == 0 ? Result<void>{} : trouble(path, "sync", errno);
}

}  // namespace

Result<void> leave_events(const std::string& state_dir, const std::vector<JournalEvent>& events) {
  EventEncoder encoder;
  std::string bytes, frame;
  std::uint64_t sequence = 0;
  for (const JournalEvent& event : events) {
    make_frame(++sequence, encoder.encode(event), frame);
    bytes += frame;
  }
  return replace_file(left_file(state_dir), bytes, 0600);
}

Result<LeftEvents> left_events(const std::string& state_dir) {
  LeftEvents left;
  const auto bytes = read_file(left_file(state_dir), kMaxLeftBytes, FileTrust{::geteuid()});
  if (!bytes && bytes.error().code == ErrorCode::not_found) return left;
  if (!bytes) return tl::make_unexpected(bytes.error());
  std::string_view rest = *bytes;
  while (!rest.empty() && left.events.size() < kMaxLeftEvents) {
    const Frame frame = parse_frame(rest);
    // It was written in one step: what is not whole was damaged since, and nothing behind it is believed.
    if (frame.state != Frame::State::whole) {
      ++left.unreadable;
      break;
    }
    rest.remove_prefix(frame.bytes());
    if (auto event = decode_event(frame.payload))
      left.events.push_back(*event);
    else
      ++left.unreadable;
  }
  return left;
}

Result<void> put_aside(const std::string& state_dir, const std::vector<JournalEvent>& readable) {
  const std::string path = left_file(state_dir), aside = path + ".damaged";
  if (readable.empty())
    return ::rename(path.c_str(), aside.c_str()) == 0 ? Result<void>{} : trouble(aside, "rename", errno);
  // A second name first: a crash in between leaves all that could be read where it was.
  ::unlink(aside.c_str());
  if (::link(path.c_str(), aside.c_str()) != 0) return trouble(aside, "link", errno);
  return leave_events(state_dir, readable);
}

void forget_left(const std::string& state_dir) noexcept { ::unlink(left_file(state_dir).c_str()); }

Result<void> note_lost(const std::string& state_dir, std::uint64_t events) {
  const auto before = noted_lost(state_dir);
  return write_lost(lost_file(state_dir), before.value_or(0) + events);
}

Result<std::uint64_t> noted_lost(const std::string& state_dir) {
  const std::string path = lost_file(state_dir);
  const auto text = read_file(path, kLostBytes, FileTrust{::geteuid()});
  if (!text && text.error().code == ErrorCode::not_found) {
    const auto made = replace_file(path, lost_text(0), 0600);
    return made ? Result<std::uint64_t>{0} : tl::make_unexpected(made.error());
  }
  if (!text) return tl::make_unexpected(text.error());
  std::uint64_t events = 0;
  std::from_chars(text->data(), text->data() + text->size(), events);
  return events;
}

Result<void> forget_lost(const std::string& state_dir) { return write_lost(lost_file(state_dir), 0); }

}  // namespace foreshape
