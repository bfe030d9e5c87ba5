// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A text file read line by line, gzip-compressed or not, in bounded memory.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

class TextFile {
 public:
  /// Longer lines are cut. Slurm keeps 1 MiB of a submit line, and as much of other texts.
  static constexpr std::size_t kMaxLineBytes = 1U << 22U;

  struct Line {
    std::string_view text;     ///< without its end (LF or CR LF); valid until the next call of next()
    std::uint64_t number = 0;  ///< counted from 1
    bool cut = false;          ///< it was longer than kMaxLineBytes; the rest is skipped
  };

  /// Opens a plain or gzip file; "-" is standard input. UTF-8's mark at the beginning is passed over.
  /// Errors: not_found; unavailable - it cannot be opened; invalid_input - it is a directory. The message
  /// names the file.
  static Result<TextFile> open(const std::string& path);

  /// The next line; nullopt at the end. A last line without an end counts.
  /// Errors: corrupt - the compressed data is damaged or ends too early; unavailable - the read failed;
  /// invalid_input - it is no text: UTF-16, or compressed or packed in another way (the message says by
  /// what).
  Result<std::optional<Line>> next();

  /// The first bytes, up to 256 KiB, before anything is read: what kind of file it is. Valid until the first
  /// call of next(). Errors: those of next().
  Result<std::string_view> head();

  const std::string& path() const { return path_; }
  /// Share of the file (as stored) that has been read, 0 to 1; 0 where the size is not known (a pipe).
  double progress() const;

 private:
  struct Close {
    void operator()(void* gz) const noexcept;
  };

  TextFile(std::string path, void* gz, std::uint64_t stored_bytes);
  /// Refills the buffer; false at the end of the file.
  Result<bool> fill();
  /// Passes over UTF-8's mark at the beginning. Errors: invalid_input - no text.
  Result<void> check_beginning();

  std::string path_;
  std::unique_ptr<void, Close> gz_;  // a gzFile
  std::uint64_t stored_bytes_ = 0;
  std::uint64_t lines_ = 0;
  std::vector<char> buffer_;
  bool begun_ = false;
  std::size_t begin_ = 0, end_ = 0;  // what is not handed out yet, within buffer_
  std::string carried_;              // the start of a line that goes on in the next buffer
};

}  // namespace foreshape
