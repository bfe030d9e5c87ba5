// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/user_sweep.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "predictor/base/text.h"
#include "tools/stage/draft.h"
#include "tools/stage/lease.h"
#include "tools/stage/manifest.h"
#include "tools/stage/stage_journal.h"
#include "tools/stage/tree_names.h"
#include "tools/stage/tree_removal.h"
#include "tools/stage/user_directory.h"

namespace foreshape {
namespace {

/// So many entries of a user are counted to the disk; what lies beyond is not.
constexpr std::size_t kMaxCounted = 2'000'000;

struct Standing {
  std::string name;
  Lease lease;
  std::int64_t bytes = 0;
};

class UserSweep {
 public:
  UserSweep(int directory, const StageSettings& settings, UnixSeconds now, bool dry_run)
      : directory_(directory), settings_(settings), now_(now), dry_run_(dry_run) {}

  StageAccount run() {
    account_.uid = ::geteuid();
    const auto names = names_in(directory_, kMaxCopies);
    if (!names) note(names.error());
    for (const std::string& name : names.value_or(std::vector<std::string>{})) look_at(name);
    evict();
    for (const Standing& copy : standing_) count(copy);
    return account_;
  }

 private:
  void look_at(const std::string& name) {
    if (parse_copy_name(name))
      look_at_copy(name);
    else if (name.starts_with(kDraftPrefix))
      look_at_draft(name);
    else if (name.starts_with(kGonePrefix) || is_old(name))
      remove_other(name);
  }

  void look_at_copy(const std::string& name) {
    const Descriptor copy = open_copy(directory_, name);
    const auto lease = copy.is_open() ? read_lease(copy.get()) : failure(ErrorCode::not_found, name);
    const std::int64_t bytes = copy.is_open() ? disk_bytes(copy.get(), counted_left_) : 0;
    if (lease && is_valid(*lease, now_, settings_.keep_max_s)) {
      standing_.push_back({name, *lease, bytes});
      return;
    }
    const auto manifest = must_tell() ? read_manifest(copy.get()) : failure(ErrorCode::not_found, name);
    if (!remove_copy(name, copy.get(), lease.value_or(Lease{}))) return;
    tell(manifest, lease.value_or(Lease{}).uses, "");
    ++account_.expired;
    account_.expired_bytes += bytes;
    if (!lease || lease->uses == 0) ++account_.unused;
  }

  bool must_tell() const { return !dry_run_ && !settings_.account.empty(); }

  /// In the owner's own journal: what it was, as far as it can still be read.
  void tell(const Result<Manifest>& manifest, std::uint32_t uses, const char* reason) const {
    if (!must_tell()) return;
    StageEvent event;
    event.step = StagePhase::expired;
    event.uses = uses;
    event.reason.assign(reason);
    if (manifest) {
      event.bytes = manifest->tree.bytes;
      event.source.assign(manifest->source);
    }
    note_own_event(settings_, event, SystemClock{});
  }

  void look_at_draft(const std::string& name) {
    const std::int64_t promised = promised_bytes(directory_, name);
    const auto removed = dry_run_ ? Result<bool>{false} : remove_orphan(directory_, name, now_);
    if (!removed) note(removed.error());
    if (removed && *removed) {
      ++account_.orphans;
    } else if (removed) {
      ++account_.drafts;
      account_.promised_bytes += promised;
    }
  }

  /// By the time that nobody can set at will.
  bool is_old(const std::string& name) const {
    struct stat info {};
    return ::fstatat(directory_, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           info.st_ctim.tv_sec + settings_.keep_max_s < now_;
  }

  void remove_other(const std::string& name) {
    if (dry_run_ || remove(name)) ++account_.orphans;
  }

  bool remove(const std::string& name) {
    const auto removed = remove_tree(directory_, name);
    if (!removed) note(removed.error());
    return removed.has_value();
  }

  /// seen: the lease by which it was judged. Where a job was told of it since, it stays.
  bool remove_copy(const std::string& name, int copy, const Lease& seen) {
    if (dry_run_) return true;
    const std::string gone = kGonePrefix + name;
    const auto hide = [&]() -> Result<void> {
      if (copy >= 0 && read_lease(copy).value_or(Lease{}) != seen)
        return failure(ErrorCode::busy, name + ": in use since");
      if (::renameat(directory_, name.c_str(), directory_, gone.c_str()) == 0 || errno == ENOENT) return {};
      return failure(ErrorCode::unavailable, name + ": rename: " + last_reason());
    };
    const auto hidden = copy >= 0 ? with_copy_locked(copy, hide) : hide();
    if (hidden) return remove(gone);
    if (hidden.error().code != ErrorCode::busy) note(hidden.error());
    return false;
  }

  void evict() {
    std::sort(standing_.begin(), standing_.end(),
              [](const Standing& a, const Standing& b) { return a.lease.expires_s > b.lease.expires_s; });
    std::int64_t total = account_.promised_bytes;
    for (const Standing& copy : standing_) total += copy.bytes;
    while (total > settings_.user_bytes && !standing_.empty()) {
      const Standing last = standing_.back();
      standing_.pop_back();
      total -= last.bytes;
      const Descriptor copy = open_copy(directory_, last.name);
      const auto manifest =
          must_tell() ? read_manifest(copy.get()) : failure(ErrorCode::not_found, last.name);
      if (!remove_copy(last.name, copy.get(), last.lease)) continue;
      tell(manifest, last.lease.uses, "beyond UserBytes");
      ++account_.evicted;
    }
  }

  void count(const Standing& copy) {
    ++account_.copies;
    account_.staged_bytes += copy.bytes;
    if (copy.lease.uses == 0) return;
    ++account_.used_copies;
    account_.used_bytes += copy.bytes;
  }

  void note(const Error& error) {
    if (account_.failures++ > 0) return;
    const std::string text = harmless(error.message);
    text.copy(account_.failure.data(), account_.failure.size() - 1);
  }

  int directory_;
  const StageSettings& settings_;
  UnixSeconds now_;
  bool dry_run_;
  std::size_t counted_left_ = kMaxCounted;
  std::vector<Standing> standing_;
  StageAccount account_;
};

}  // namespace

StageAccount sweep_user_directory(int user_directory, const StageSettings& settings, UnixSeconds now,
                                  bool dry_run) {
  return UserSweep{user_directory, settings, now, dry_run}.run();
}

}  // namespace foreshape
