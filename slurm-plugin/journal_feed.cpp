#include "slurm-plugin/journal_feed.h"

#include <fmt/format.h>
#include <stdexcept>

#include "slurm-plugin/boundary.h"
#include "slurm-plugin/fault_point.h"

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
    if (const std::size_t unwritten = taken_ - done_ + state_.events.size(); unwritten > 0)
      state_.log(LogLevel::error,
                 fmt::format("{} records are lost: the journal can't be written", unwritten));
  };
  guarded(last_words, [this](const char* why) { trouble(why); });
  writer_.reset();
}

/// Opens the journal where that is due: at first, after a change of settings, and again after trouble.
bool JournalFeed::ready(const Settings& settings) {
  const bool same = writer_ && folder_ == settings.journal_dir &&
                    options_.file_bytes == settings.journal_file_bytes &&
                    options_.total_bytes == settings.journal_total_bytes;
  if (state_.clock.monotonic_ns() < retry_ns_) return false;
  if (same) return true;
  if (!settings.enabled) return false;
  writer_.reset();  // unlocks the folder, which may be the same one
  folder_ = settings.journal_dir;
  options_ = {settings.journal_file_bytes, settings.journal_total_bytes,
              static_cast<std::uint64_t>(state_.clock.now_s()) * 1'000'000};
  auto opened = JournalWriter::open(folder_, options_);
  if (!opened) return open_failed(opened.error());
  busy_since_ns_ = 0;
  writer_.emplace(std::move(*opened));
  if (writer_->repaired_bytes() > 0)
    state_.log(LogLevel::info, fmt::format("journal {}: cut off {} bytes of a record that a crash had torn",
                                           folder_, writer_->repaired_bytes()));
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
  if (!report_loss()) return false;
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
