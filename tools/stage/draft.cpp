// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/draft.h"

#include <array>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/file.h"
#include "predictor/base/hash.h"
#include "tools/stage/small_file.h"
#include "tools/stage/tree_names.h"
#include "tools/stage/tree_removal.h"

namespace foreshape {
namespace {

constexpr const char* kNote = "draft";

std::string this_host() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  ::gethostname(name.data(), name.size() - 1);
  const std::string host = name.data();
  return fmt::format("{:016x}", checksum(host.data(), host.size()));
}

/// Beside the data while it is a draft: whose it is, and how much it promises.
struct Note {
  std::string host;
  std::int64_t bytes = 0;
};

std::optional<Note> read_note(int draft) {
  const auto text = read_small_file(draft, kNote, 4'096);
  if (!text) return std::nullopt;
  std::istringstream words{*text};
  Note note;
  words >> note.host >> note.bytes;
  if (!words || note.bytes < 0) return std::nullopt;
  return note;
}

/// Whether its maker may live on a machine that our lock does not reach.
bool may_live_elsewhere(int draft, UnixSeconds now) {
  const auto note = read_note(draft);
  struct stat info {};
  if (!note || note->host == this_host() || ::fstat(draft, &info) != 0) return false;
  return info.st_mtim.tv_sec > now - kSilentSeconds;
}

enum class Owned { ours, alive, moved };

/// Takes the lock of an open draft.
Owned lock_draft(int user_directory, const std::string& name, int draft, UnixSeconds now) {
  if (::flock(draft, LOCK_EX | LOCK_NB) != 0) return Owned::alive;
  if (!is_named(user_directory, name, draft)) return Owned::moved;
  return may_live_elsewhere(draft, now) ? Owned::alive : Owned::ours;
}

tl::unexpected<Error> failed_draft(const char* step) {
  return failure(ErrorCode::unavailable,
                 std::string("the draft of the copy: ") + step + ": " + last_reason());
}

}  // namespace

Result<Draft> Draft::begin(int user_directory, const std::string& key, std::int64_t bytes, UnixSeconds now) {
  constexpr int kTries = 5;
  const std::string name = kDraftPrefix + key;
  for (int i = 0; i < kTries; ++i) {
    if (::mkdirat(user_directory, name.c_str(), 0700) != 0 && errno != EEXIST) return failed_draft("mkdir");
    Descriptor opened = open_copy(user_directory, name);
    if (!opened.is_open() && errno == ENOENT) continue;  // its last maker has just removed it
    if (!opened.is_open()) return failed_draft("open");
    const Owned owned = lock_draft(user_directory, name, opened.get(), now);
    if (owned == Owned::alive) break;
    if (owned == Owned::moved) continue;
    Draft draft{user_directory, name, std::move(opened)};
    if (auto emptied = remove_all_in(draft.get()); !emptied) return tl::make_unexpected(emptied.error());
    const std::string note = fmt::format("{} {}\n", this_host(), bytes);
    if (auto noted = replace_file_at(draft.get(), kNote, note, 0600); !noted)
      return tl::make_unexpected(noted.error());
    return draft;
  }
  return failure(ErrorCode::busy, "it is being copied already");
}

Draft::~Draft() {
  if (!directory_.is_open()) return;
  static_cast<void>(remove_all_in(directory_.get()));
  static_cast<void>(::unlinkat(user_directory_, name_.c_str(), AT_REMOVEDIR));
}

Draft::Draft(Draft&& other) noexcept
    : user_directory_(other.user_directory_),
      name_(std::move(other.name_)),
      directory_(std::move(other.directory_)),
      said_s_(other.said_s_) {}

void Draft::say_alive(UnixSeconds now) {
  constexpr std::int64_t kEvery_s = 30;
  if (now - said_s_ < kEvery_s && now >= said_s_) return;
  said_s_ = now;
  static_cast<void>(::futimens(directory_.get(), nullptr));
}

Result<void> Draft::publish(const CopyName& copy) {
  if (::unlinkat(directory_.get(), kNote, 0) != 0) return failed_draft("its note");
  if (::fsync(directory_.get()) != 0) return failed_draft("fsync");
  // What has the name is no copy of ours: rename fails on a directory that is not empty.
  if (::renameat(user_directory_, name_.c_str(), user_directory_, copy.text().c_str()) != 0)
    return failed_draft("rename");
  directory_.reset();
  if (::fsync(user_directory_) != 0) return failed_draft("fsync of its directory");
  return {};
}

std::int64_t promised_bytes(int user_directory, const std::string& name) {
  const Descriptor draft = open_copy(user_directory, name);
  const auto note = draft.is_open() ? read_note(draft.get()) : std::nullopt;
  return note ? note->bytes : 0;
}

Result<bool> remove_orphan(int user_directory, const std::string& name, UnixSeconds now) {
  const Descriptor draft = open_copy(user_directory, name);
  if (draft.is_open()) {
    const Owned owned = lock_draft(user_directory, name, draft.get(), now);
    if (owned == Owned::alive) return false;
    if (owned == Owned::moved) return true;
  }
  if (auto removed = remove_tree(user_directory, name); !removed) return tl::make_unexpected(removed.error());
  return true;
}

}  // namespace foreshape
