// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The whole frames of one journal file, in order, past damage.
//
// Runs in: slurmctld (journal thread) and offline.
// Threads: one thread at a time; the file may be appended to meanwhile.

#include <cstdint>
#include <optional>
#include <string>

#include "predictor/base/descriptor.h"
#include "predictor/base/result.h"
#include "predictor/journal/frame.h"

namespace foreshape {

class FrameScanner {
 public:
  /// file: open for reading. path: for messages. first_sequence: of the file's first record, from its name.
  FrameScanner(Descriptor file, std::string path, std::uint64_t first_sequence)
      : file_(std::move(file)), path_(std::move(path)), expected_(first_sequence) {}

  struct Found {
    std::uint64_t sequence = 0;
    std::string_view payload;     ///< valid until the next call
    std::int64_t skipped_at = 0;  ///< where damage before this frame begins
    std::int64_t skipped = 0;     ///< bytes of damage before it, 0 in a sound file
  };

  /// The next whole frame, or nullopt if there is none after the one before (for now: what lies there may
  /// still be being written).
  ///
  /// After damage only a frame counts whose checksum holds and whose number fits: one more than the last
  /// for each frame that the skipped bytes can have held. So a frame inside somebody's text isn't believed
  /// (README.md says why none can be made).
  ///
  /// Errors: unavailable - the file can't be read.
  Result<std::optional<Found>> next();

  /// Where the last whole frame ends.
  std::int64_t end() const { return end_; }
  /// The number after the last whole frame's.
  std::uint64_t expected() const { return expected_; }
  /// The file's size now; end() if it can't be told.
  std::int64_t file_bytes() const;
  const std::string& path() const { return path_; }

 private:
  Result<bool> load(std::int64_t offset, std::size_t bytes);
  std::string_view loaded(std::int64_t offset) const;
  Result<Frame> frame_at(std::int64_t offset);
  Result<std::int64_t> next_magic(std::int64_t offset);

  Descriptor file_;
  std::string path_;
  std::uint64_t expected_;
  std::int64_t end_ = 0;
  std::string window_;  // its first window_bytes_ are the file's from window_at_ on
  std::int64_t window_at_ = 0;
  std::size_t window_bytes_ = 0;
};

}  // namespace foreshape
