// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Carries events from the queue into the journal: whatever the disk does, jobs never wait for it.
//
// Runs in: slurmctld (journal thread).
// Threads: pass() and finish() on one thread; summary() from any.

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/journal/journal_writer.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

/// What is known of the journal, for the operator.
struct JournalSummary {
  bool open = false;
  std::uint64_t written = 0;  ///< events since the start
  std::uint64_t waiting = 0;  ///< taken from the queue and not yet written
  std::uint64_t next_sequence = 0;
  std::uint64_t brought_back = 0;     ///< left by the slurmctld before, which could not write them
  std::uint64_t lost_before = 0;      ///< at the end of those before, and told by this one
  std::uint64_t dropped_records = 0;  ///< deleted before ingest had them, to stay within JournalTotalSize
  std::int64_t bytes = 0;
  std::string last_error;  ///< empty once it works again
};

class JournalFeed {
 public:
  explicit JournalFeed(RuntimeState& state) : state_(state), batch_(kBatch) {}

  /// Writes what is queued and syncs at least once a second. An event that can't be written stays, and so do
  /// those behind it, until the queue is full and the newest are lost: the loss is counted, and recorded in
  /// the journal as soon as that works again.
  void pass() noexcept;

  /// pass() until the queue is empty or nothing can be written, then a last sync. What could not be written
  /// is left in the state directory for the next slurmctld (journal_left.h); what could not be left either is
  /// lost, and that one says so.
  void finish() noexcept;

  JournalSummary summary() const;

 private:
  static constexpr std::size_t kBatch = 256;
  static constexpr std::int64_t kSyncAfterNs = 1'000'000'000;
  // 12 a minute: a full disk alone is not to be taken for a storm of faults.
  static constexpr std::int64_t kRetryAfterNs = 5'000'000'000;
  // From 23.11 on a reconfigure starts a new slurmctld while the old one still lives.
  static constexpr std::int64_t kHandOverNs = 10'000'000'000;

  struct Unwritten {
    std::vector<JournalEvent> events;
    std::size_t there;      ///< the first of them, which wait in the state directory already
    bool has_place = true;  ///< what is there may be written over
  };

  bool ready(const Settings& settings);
  bool open_failed(const Error& error);
  void look_back();
  std::uint64_t read_left();
  bool tell_lost_before();
  bool write_brought_back();
  Unwritten unwritten();
  void leave_unwritten();
  bool write_batch();
  bool write(const JournalEvent& event);
  bool report_loss();
  void sync_if_due(bool now);
  void trouble(std::string_view why) noexcept;
  void publish();

  RuntimeState& state_;
  std::optional<JournalWriter> writer_;
  std::string directory_;
  JournalOptions options_;
  std::vector<JournalEvent> batch_;
  std::size_t taken_ = 0, done_ = 0;  // batch_[done_, taken_) is still to be written
  std::uint64_t reported_lost_ = 0;
  std::string left_in_;             // the state directory that was looked into; empty: not yet
  std::vector<JournalEvent> left_;  // from there; [left_done_, end) is still to be written
  std::size_t left_done_ = 0;
  std::uint64_t failed_syncs_ = 0;  // of writer_, as far as is known
  std::uint64_t untold_lost_ = 0;   // by those before us
  std::int64_t retry_ns_ = 0, synced_ns_ = 0;
  std::int64_t busy_since_ns_ = 0;  // 0: the directory is not locked by somebody else
  bool unsynced_ = false;
  mutable std::mutex mutex_;  // guards summary_
  JournalSummary summary_;
};

}  // namespace foreshape
