// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Appends events to the journal so that whatever happens, what was synced is there and nothing torn is
// believed.
//
// Runs in: slurmctld (journal thread) and offline.
// Threads: one thread at a time. Two processes can't write one journal: the directory is locked.

#include <cstdint>
#include <deque>
#include <string>

#include "predictor/base/descriptor.h"
#include "predictor/base/result.h"
#include "predictor/journal/codec.h"
#include "predictor/journal/event.h"
#include "predictor/journal/journal_files.h"

namespace foreshape {

struct JournalOptions {
  std::int64_t file_bytes = 16LL << 20;  ///< a new file is begun beyond it
  std::int64_t total_bytes = 1LL << 30;  ///< of all files; the oldest go when it would be passed
  /// Where a journal begins that has no files yet. Give microseconds since 1970: then the numbers of a
  /// journal whose directory was emptied are beyond those that the store has seen.
  std::uint64_t first_sequence = 1;
};

class JournalWriter {
 public:
  /// Makes the directory (not its parents) where it is missing, locks it, and finds the end of the newest
  /// file: a torn tail is cut off, the sequence goes on after the last whole record.
  ///
  /// Errors: unavailable - the directory can't be made, read or written; busy - another process writes it;
  /// invalid_input - the directory is writable by everybody.
  static Result<JournalWriter> open(const std::string& directory, const JournalOptions& options);

  /// Writes the event, and answers its sequence number. It survives the process from now on, the
  /// machine from the next sync() on.
  ///
  /// Errors: unavailable - disk full, file system read-only or gone. The event is not in the journal, what
  /// was there before still is, and the next call tries again. When the disk is full, files that were
  /// ingested are deleted first.
  Result<std::uint64_t> append(const JournalEvent& event);

  /// Brings everything appended to the disk (fdatasync).
  /// Errors: unavailable - records since the sync before may be lost with the machine; a new file is begun.
  Result<void> sync();

  /// How often that failed since open(), also inside append(): what was appended before may not be durable.
  std::uint64_t failed_syncs() const { return failed_syncs_; }

  std::uint64_t next_sequence() const { return next_; }

  /// Bytes in all files, and how many files.
  std::int64_t total_bytes() const;
  std::size_t files() const { return files_.size(); }
  /// Records deleted to stay within total_bytes before ingest had them, since open().
  std::uint64_t dropped_records() const { return dropped_records_; }
  /// Bytes of a torn tail that open() cut off.
  std::int64_t repaired_bytes() const { return repaired_bytes_; }

 private:
  JournalWriter(std::string directory, const JournalOptions& options)
      : directory_(std::move(directory)), options_(options) {}
  Result<void> open_directory();
  Result<void> find_end();
  Result<void> begin_file();
  Result<void> bring_to_disk();
  Result<void> write_frame();
  void make_room(std::int64_t wanted_bytes);
  bool delete_oldest();
  bool delete_oldest_ingested();
  std::uint64_t oldest_last() const;
  tl::unexpected<Error> trouble(const std::string& name, const char* step);

  std::string directory_;
  JournalOptions options_;
  Descriptor directory_fd_;        // holds the lock
  Descriptor file_;                // the newest of files_; closed: the next append begins a file
  std::deque<JournalFile> files_;  // oldest first
  std::uint64_t next_ = 1;
  bool unsynced_ = false;         // something was appended since the last sync
  bool directory_dirty_ = false;  // a file was made or deleted since the last sync
  bool disk_full_ = false;        // why the last call failed
  std::uint64_t failed_syncs_ = 0;
  std::uint64_t dropped_records_ = 0;
  std::int64_t repaired_bytes_ = 0;
  EventEncoder encoder_;
  std::string frame_;
};

}  // namespace foreshape
