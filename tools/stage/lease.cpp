// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/lease.h"

#include <cerrno>
#include <fmt/format.h>
#include <sstream>
#include <sys/file.h>
#include <unistd.h>

#include "predictor/base/file.h"
#include "tools/stage/small_file.h"
#include "tools/stage/tree_names.h"

namespace foreshape {
namespace {

constexpr const char* kLeaseFile = "lease";
constexpr const char* kLeaseTitle = "foreshape-lease 1";
constexpr std::size_t kMaxLeaseBytes = 4'096;

}  // namespace

Result<Lease> read_lease(int copy) {
  const auto text = read_small_file(copy, kLeaseFile, kMaxLeaseBytes);
  if (!text) return tl::make_unexpected(text.error());
  std::istringstream lines{*text};
  std::string title, expires, used, uses;
  Lease lease;
  std::getline(lines, title);
  lines >> expires >> lease.expires_s >> used >> lease.used_s >> uses >> lease.uses;
  if (!lines || title != kLeaseTitle || expires != "expires" || used != "used" || uses != "uses")
    return failure(ErrorCode::corrupt, "lease: not whole");
  // Leases of earlier versions end here.
  std::string took;
  if (!(lines >> took >> lease.copy_ms) || took != "took_ms" || lease.copy_ms < 0) lease.copy_ms = 0;
  return lease;
}

Result<void> write_lease(int copy, const Lease& lease) {
  const std::string text = fmt::format("{}\nexpires {}\nused {}\nuses {}\ntook_ms {}\n", kLeaseTitle,
                                       lease.expires_s, lease.used_s, lease.uses, lease.copy_ms);
  return replace_file_at(copy, kLeaseFile, text, 0600);
}

Result<void> with_copy_locked(int copy, const std::function<Result<void>()>& work) {
  constexpr int kTries = 50;
  constexpr useconds_t kPause_us = 20'000;
  for (int i = 0; ::flock(copy, LOCK_EX | LOCK_NB) != 0; ++i) {
    if (errno != EWOULDBLOCK || i == kTries)
      return failure(ErrorCode::busy, "the copy's lock: " + last_reason());
    ::usleep(kPause_us);
  }
  auto done = work();
  static_cast<void>(::flock(copy, LOCK_UN));
  return done;
}

}  // namespace foreshape
