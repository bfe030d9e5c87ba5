// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Reads the journal in order, also while it is being written, and past damage.
//
// Runs in: slurmctld (own threads only) and offline.
// Threads: one thread at a time; needs no lock against the writer.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/journal/event.h"

namespace foreshape {

struct JournalEntry {
  std::uint64_t sequence = 0;
  JournalEvent event;
};

/// Bytes that are no whole record, with whole records after them.
struct JournalDamage {
  std::string file;
  std::int64_t offset = 0;
  std::int64_t bytes = 0;
};

class JournalReader {
 public:
  /// A reader whose first entry is the first whole record with this sequence number or a later one.
  /// Errors: not_found - no such directory; unavailable.
  static Result<JournalReader> open(const std::string& directory, std::uint64_t from_sequence = 0);

  ~JournalReader();
  JournalReader(JournalReader&&) noexcept;
  JournalReader& operator=(JournalReader&&) noexcept;

  /// The next entry, in order and never twice; nullopt at the end for now (call again later: an incomplete
  /// record at the end is one that is being written).
  ///
  /// Errors: unavailable - a file can't be read; the next call tries again. corrupt, invalid_input - a whole
  /// record that can't be decoded (see decode_event); the next call goes on after it.
  Result<std::optional<JournalEntry>> next();

  /// Damage passed so far; the first 1,000 places are kept.
  const std::vector<JournalDamage>& damage() const;
  /// Records passed over: numbers missing from the sequence (damaged, or in files that were deleted).
  std::uint64_t missing_records() const;

 private:
  struct State;
  explicit JournalReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace foreshape
