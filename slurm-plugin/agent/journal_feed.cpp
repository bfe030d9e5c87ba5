// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/journal_feed.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>
#include <utility>

#include "slurm-plugin/agent/journal_left.h"
#include "slurm-plugin/base/fault_point.h"
#include "slurm-plugin/slurm/boundary.h"

namespace foreshape {

void JournalFeed::pass() noexcept {
  FORESHAPE_FAULT("queue_full", return );
  const auto work = [this] {
    if (!ready(*state_.settings.get())) return;
    while (write_batch()) {
    }
    sync_if_due(false);
  };
  guarded(work, [this](const char* why) { trouble(why); });
  publish();
}

void JournalFeed::finish() noexcept {
  retry_ns_ = 0;
  pass();
  const auto last_words = [this] {
    sync_if_due(true);
    leave_unwritten();
  };
  guarded(last_words, [this](const char* why) { trouble(why); });
  writer_.reset();
}

JournalFeed::Unwritten JournalFeed::unwritten() {
  const std::string state_dir = state_.settings.get()->state_dir;
  std::vector<JournalEvent> rest(left_.begin() + static_cast<std::ptrdiff_t>(left_done_), left_.end());
  bool has_place = true;
  if (left_.empty()) {  // the journal never opened, or somebody has left more since
    auto earlier = left_events(state_dir);
    has_place = earlier.has_value();
    if (earlier && earlier->unreadable > 0)
      has_place = put_aside(state_dir, earlier->events) && note_lost(state_dir, earlier->unreadable);
    if (earlier)
      rest = std::move(earlier->events);
    else
      state_.log(LogLevel::error, earlier.error().message + "; not written over");
  }
  const std::size_t there = rest.size();
  rest.insert(rest.end(), batch_.begin() + static_cast<std::ptrdiff_t>(done_),
              batch_.begin() + static_cast<std::ptrdiff_t>(taken_));
  while ((taken_ = state_.events.take(batch_)) > 0)
    rest.insert(rest.end(), batch_.begin(), batch_.begin() + static_cast<std::ptrdiff_t>(taken_));
  done_ = taken_;
  return {std::move(rest), there, has_place};
}

void JournalFeed::leave_unwritten() {
  const std::string state_dir = state_.settings.get()->state_dir;
  auto [rest, there, has_place] = unwritten();
  std::uint64_t lost = state_.events.lost() - reported_lost_ + untold_lost_;
  if (rest.size() > kMaxLeftEvents) {
    lost += rest.size() - kMaxLeftEvents;
    rest.resize(kMaxLeftEvents);
  }
  if (rest.empty() && !left_.empty()) forget_left(left_in_);
  if (!has_place) {
    lost += rest.size() - std::min(there, rest.size());
  } else if (rest.size() > there || (left_done_ > 0 && !rest.empty())) {
    if (const auto left = leave_events(state_dir, rest)) {
      state_.log(LogLevel::error,
                 fmt::format("{} records wait in {}/journal.left: the journal can't be written", rest.size(),
                             state_dir));
    } else {
      lost += rest.size() - std::min(there, rest.size());
      state_.log(LogLevel::error, left.error().message);
    }
  }
  if (lost == untold_lost_) return;
  const auto noted = note_lost(state_dir, lost - untold_lost_);
  state_.log(LogLevel::error, fmt::format("{} records are lost: the journal can't be written{}", lost,
                                          noted ? "" : ", nor " + noted.error().message));
}

/// Once the journal is open: the slurmctld before us has then left what it had to.
void JournalFeed::look_back() {
  if (!left_in_.empty()) return;
  left_in_ = state_.settings.get()->state_dir;
  const std::uint64_t damaged = read_left();
  const auto lost = noted_lost(left_in_);
  if (!lost) state_.log(LogLevel::error, lost.error().message);
  untold_lost_ = lost.value_or(0) + damaged;
  const std::lock_guard lock(mutex_);
  summary_.lost_before = untold_lost_;
}

/// How many are lost with a damaged part (at least so many), unless journal.lost has them by now. The damaged
/// file is kept aside, so that the next start does not count it again.
std::uint64_t JournalFeed::read_left() {
  auto left = left_events(left_in_);
  if (!left) {
    state_.log(LogLevel::error, left.error().message);
    return 0;
  }
  left_ = std::move(left->events);
  if (left->unreadable == 0) return 0;
  const auto aside = put_aside(left_in_, left_);
  state_.log(LogLevel::error,
             fmt::format("{0}/journal.left: damaged: {1} records are read, at least {2} are not; {3}",
                         left_in_, left_.size(), left->unreadable,
                         aside ? "kept as journal.left.damaged" : aside.error().message));
  return aside && note_lost(left_in_, left->unreadable) ? 0 : left->unreadable;
}

bool JournalFeed::tell_lost_before() {
  if (untold_lost_ == 0) return true;
  const std::string text =
      fmt::format("{} events were lost when slurmctld ended: neither the journal nor {} could take them",
                  untold_lost_, left_in_);
  if (!write(NoticeEvent{state_.clock.now_s(), untold_lost_, BoundedText<200>(text)})) return false;
  state_.log(LogLevel::error, text);
  untold_lost_ = 0;
  if (const auto told = forget_lost(left_in_); !told) state_.log(LogLevel::error, told.error().message);
  return true;
}

/// A crash before they are forgotten, or a sync that fails, writes them once more. Ingest knows submissions
/// by their token and ends by their job; hold steps and notices have a new number and are then there twice.
bool JournalFeed::write_brought_back() {
  if (left_.empty()) return true;
  for (; left_done_ < left_.size(); ++left_done_)
    if (!write(left_[left_done_])) return false;
  sync_if_due(true);
  if (unsynced_) return false;
  forget_left(left_in_);
  state_.log(LogLevel::info, fmt::format("{} records that waited in {}/journal.left are in the journal",
                                         left_.size(), left_in_));
  const std::lock_guard lock(mutex_);
  summary_.brought_back = left_.size();
  left_ = {};
  left_done_ = 0;
  return true;
}

/// Opens the journal where that is due: at first, after a change of settings, and again after trouble.
bool JournalFeed::ready(const Settings& settings) {
  const bool same = writer_ && directory_ == settings.journal_dir &&
                    options_.file_bytes == settings.journal_file_bytes &&
                    options_.total_bytes == settings.journal_total_bytes;
  if (state_.clock.monotonic_ns() < retry_ns_) return false;
  if (same) return true;
  if (!settings.enabled) return false;
  sync_if_due(true);
  writer_.reset();  // unlocks the directory, which may be the same one
  failed_syncs_ = 0;
  directory_ = settings.journal_dir;
  options_ = {settings.journal_file_bytes, settings.journal_total_bytes,
              static_cast<std::uint64_t>(state_.clock.now_s()) * 1'000'000};
  auto opened = JournalWriter::open(directory_, options_);
  if (!opened) return open_failed(opened.error());
  busy_since_ns_ = 0;
  writer_.emplace(std::move(*opened));
  look_back();
  if (writer_->repaired_bytes() > 0)
    state_.log(LogLevel::info,
               fmt::format("journal {}: removed {} bytes of a record that a crash left incomplete",
                           directory_, writer_->repaired_bytes()));
  return true;
}

/// False. Another process that writes there is the slurmctld before us on its way out, unless it stays.
bool JournalFeed::open_failed(const Error& error) {
  const std::int64_t now_ns = state_.clock.monotonic_ns();
  if (error.code == ErrorCode::busy && busy_since_ns_ == 0) busy_since_ns_ = now_ns;
  const bool leaving = error.code == ErrorCode::busy && now_ns - busy_since_ns_ < kHandOverNs;
  if (!leaving) trouble(error.message);
  return false;
}

/// True if all that was taken is written, and there may be more.
bool JournalFeed::write_batch() {
  if (!tell_lost_before() || !write_brought_back() || !report_loss()) return false;
  if (done_ == taken_) {
    taken_ = state_.events.take(batch_);
    done_ = 0;
  }
  for (; done_ < taken_; ++done_)
    if (!write(batch_[done_])) return false;
  return taken_ == batch_.size();
}

bool JournalFeed::write(const JournalEvent& event) {
  FORESHAPE_FAULT("journal_throw", throw std::runtime_error("journal failed, as the test wants it"));
  if (const auto sequence = writer_->append(event); !sequence) {
    trouble(sequence.error().message);
    return false;
  }
  unsynced_ = true;
  const std::lock_guard lock(mutex_);
  ++summary_.written;
  return true;
}

bool JournalFeed::report_loss() {
  const std::uint64_t lost = state_.events.lost();
  if (lost == reported_lost_) return true;
  const std::uint64_t news = lost - reported_lost_;
  const std::string text = fmt::format("{} events were lost: the journal could not take them in time", news);
  if (!write(NoticeEvent{state_.clock.now_s(), news, BoundedText<200>(text)})) return false;
  state_.log(LogLevel::error, text);
  reported_lost_ = lost;
  return true;
}

void JournalFeed::sync_if_due(bool now) {
  const std::int64_t ns = state_.clock.monotonic_ns();
  if (!writer_ || !unsynced_ || (!now && ns - synced_ns_ < kSyncAfterNs)) return;
  synced_ns_ = ns;
  if (const auto synced = writer_->sync(); !synced) return trouble(synced.error().message);
  unsynced_ = false;
  const std::lock_guard lock(mutex_);
  summary_.last_error.clear();
}

void JournalFeed::trouble(std::string_view why) noexcept {
  retry_ns_ = state_.clock.monotonic_ns() + kRetryAfterNs;
  if (writer_ && writer_->failed_syncs() != failed_syncs_) {
    failed_syncs_ = writer_->failed_syncs();
    left_done_ = 0;  // none of them is surely on the disk
  }
  state_.fault("journal", why);
  const std::lock_guard lock(mutex_);
  summary_.last_error.assign(why);
}

void JournalFeed::publish() {
  const std::lock_guard lock(mutex_);
  summary_.open = writer_.has_value();
  summary_.waiting = taken_ - done_;
  if (!writer_) return;
  summary_.next_sequence = writer_->next_sequence();
  summary_.dropped_records = writer_->dropped_records();
  summary_.bytes = writer_->total_bytes();
}

JournalSummary JournalFeed::summary() const {
  const std::lock_guard lock(mutex_);
  return summary_;
}

}  // namespace foreshape
