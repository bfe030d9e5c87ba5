// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/memory_watch.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

#include "predictor/base/file.h"

namespace foreshape {
namespace {

// A hundred thousand users.
constexpr std::size_t kMaxSafetyBytes = 16U << 20;

std::string change_text(const MemorySafety::Change& change, UnixSeconds now_s) {
  const std::string whose = change.user ? fmt::format("of uid={}", *change.user) : "of all users";
  const ShapedEnds& ends = change.ends;
  if (ends.off_until_s == 0)
    return fmt::format("memory: the jobs {} may be given less than requested again", whose);
  constexpr UnixSeconds kHour_s = 3'600;
  return fmt::format(
      "memory: {} of {} jobs {} were killed for want of it: theirs keep their request until {} h "
      "without another have passed",
      ends.killed, ends.ended, whose, (ends.off_until_s - now_s + kHour_s - 1) / kHour_s);
}

MemoryMargins margins_of(const MemorySafety& safety) {
  std::vector<MemoryMargins::OfUser> users;
  users.reserve(safety.users().size());
  for (const auto& [user, ends] : safety.users())
    users.push_back({user, ends.off_until_s > 0, ends.headroom});
  return {safety.is_off_for_all(), std::move(users)};
}

}  // namespace

std::string MemoryWatch::file() const { return state_.settings.get()->state_dir + "/memory-safety.json"; }

void MemoryWatch::read() {
  is_read_ = true;
  const std::string path = file();
  const auto text = read_file(path, kMaxSafetyBytes, FileTrust{::geteuid()});
  has_file_ = text.has_value();
  if (!text) {
    if (text.error().code != ErrorCode::not_found)
      state_.log(LogLevel::error, text.error().message + "; counting kills for want of memory begins anew");
    return;
  }
  auto kept = parse_memory_safety(*text, state_.clock.now_s());
  if (kept) {
    kept_ = std::move(*kept);
    return;
  }
  const bool is_aside = std::rename(path.c_str(), (path + ".damaged").c_str()) == 0;
  state_.log(LogLevel::error, fmt::format("{}: {}; counting kills for want of memory begins anew{}", path,
                                          kept.error().message, is_aside ? ", it is kept as .damaged" : ""));
}

void MemoryWatch::forgive_if_wanted() {
  if (!is_read_ || !has_file_ || ::access(file().c_str(), F_OK) == 0) return;
  has_file_ = false;
  kept_.safety = {};
  if (put_in_force())
    state_.log(LogLevel::info, file() + " is gone: jobs may be given less memory than requested again");
}

bool MemoryWatch::look(const job_info_msg_t& jobs) {
  if (!is_read_) read();
  const UnixSeconds now_s = state_.clock.now_s();
  std::vector<MemorySafety::Change> changes = kept_.safety.come_back(now_s);
  count(jobs, changes);
  for (const auto& change : changes) tell(change);
  must_keep_ |= !changes.empty();
  const bool is_due = now_s - kept_s_ >= kKeepEvery_s || now_s < kept_s_;
  if (must_keep_ || (!is_kept_ && is_due)) keep();
  return put_in_force();
}

void MemoryWatch::count(const job_info_msg_t& jobs, std::vector<MemorySafety::Change>& changes) {
  const UnixSeconds now_s = state_.clock.now_s();
  const double target = 1 - static_cast<double>(state_.settings.get()->policy.memory_margin);
  for (const MemoryEnd& end : ends_.look(jobs, kept_.counted_until_s)) {
    is_kept_ = false;
    must_keep_ |= end.was_killed;
    if (end.was_killed) state_.jobs.memory_kills.fetch_add(1, std::memory_order_relaxed);
    for (const auto& change : kept_.safety.note(end.uid, end.was_killed, target, now_s))
      changes.push_back(change);
  }
  const UnixSeconds looked_s = std::min<UnixSeconds>(jobs.last_update, now_s);
  kept_.counted_until_s = std::max(kept_.counted_until_s, looked_s);
}

void MemoryWatch::tell(const MemorySafety::Change& change) {
  state_.notice(change.ends.off_until_s > 0 ? LogLevel::error : LogLevel::info,
                change_text(change, state_.clock.now_s()));
}

bool MemoryWatch::put_in_force() {
  MemoryMargins now = margins_of(kept_.safety);
  auto before = state_.memory_margins.get();
  if (now == *before) return false;
  const bool is_other_fallback = !now.keeps_the_same(*before);
  retired_ = std::move(before);
  state_.memory_margins.set(std::move(now));
  return is_other_fallback;
}

void MemoryWatch::keep() {
  const auto written = replace_file(file(), format_memory_safety(kept_), 0600);
  is_kept_ = written.has_value();
  must_keep_ = !is_kept_;
  has_file_ |= is_kept_;
  kept_s_ = state_.clock.now_s();
  if (!written) state_.fault("memory safety", written.error().message);
}

}  // namespace foreshape
