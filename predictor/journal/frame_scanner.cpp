// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/journal/frame_scanner.h"

#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <utility>

namespace foreshape {
namespace {

constexpr std::size_t kWindowBytes = 256U << 10;
static_assert(kWindowBytes > kFrameHeaderBytes + kMaxPayloadBytes);

}  // namespace

std::int64_t FrameScanner::file_bytes() const {
  struct stat info {};
  return ::fstat(file_.get(), &info) == 0 ? info.st_size : end_;
}

std::string_view FrameScanner::loaded(std::int64_t offset) const {
  const std::int64_t skip = offset - window_at_;
  if (skip < 0 || skip > static_cast<std::int64_t>(window_bytes_)) return {};
  return std::string_view(window_.data(), window_bytes_).substr(static_cast<std::size_t>(skip));
}

/// Makes loaded(offset) at least this long, reading anew where it is not. False: the file ends before.
Result<bool> FrameScanner::load(std::int64_t offset, std::size_t bytes) {
  if (loaded(offset).size() >= bytes) return true;
  window_.resize(kWindowBytes);
  window_at_ = offset;
  window_bytes_ = 0;
  while (window_bytes_ < window_.size()) {
    const ssize_t n = ::pread(file_.get(), window_.data() + window_bytes_, window_.size() - window_bytes_,
                              offset + static_cast<std::int64_t>(window_bytes_));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      window_bytes_ = 0;
      // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's strerror is safe for threads
      return failure(ErrorCode::unavailable, path_ + ": read: " + std::strerror(errno));
    }
    if (n == 0) break;
    window_bytes_ += static_cast<std::size_t>(n);
  }
  return window_bytes_ >= bytes;
}

/// The frame at this place. `cut`: the file ends before the frame does.
Result<Frame> FrameScanner::frame_at(std::int64_t offset) {
  const Frame frame = parse_frame(loaded(offset));
  if (frame.state != Frame::State::cut) return frame;
  // Cut by the window or by the file's end: one more reading tells.
  if (const auto enough = load(offset, kFrameHeaderBytes + kMaxPayloadBytes); !enough)
    return tl::make_unexpected(enough.error());
  return parse_frame(loaded(offset));
}

/// Where the magic comes next, from this offset on; -1 if it doesn't.
Result<std::int64_t> FrameScanner::next_magic(std::int64_t offset) {
  for (;;) {
    const auto more = load(offset, kFrameMagic.size());
    if (!more) return tl::make_unexpected(more.error());
    if (!*more) return -1;
    const std::string_view bytes = loaded(offset);
    if (const std::size_t at = bytes.find(kFrameMagic); at != std::string_view::npos)
      return offset + static_cast<std::int64_t>(at);
    // A magic may begin in the window's last bytes.
    offset += static_cast<std::int64_t>(bytes.size() - (kFrameMagic.size() - 1));
  }
}

Result<std::optional<FrameScanner::Found>> FrameScanner::next() {
  std::int64_t offset = end_;
  bool read_anew = false;
  for (;;) {
    const auto frame = frame_at(offset);
    if (!frame) return tl::make_unexpected(frame.error());
    const std::int64_t skipped = offset - end_;
    const std::uint64_t frames_skipped = static_cast<std::uint64_t>(skipped) / (kFrameHeaderBytes + 1);
    if (frame->state == Frame::State::whole && frame->sequence >= expected_ &&
        frame->sequence - expected_ <= frames_skipped) {
      // Our window may hold a frame as it was half written and the next one as it was whole.
      if (skipped > 0 && !std::exchange(read_anew, true)) {
        window_bytes_ = 0;
        offset = end_;
        continue;
      }
      const Found found{frame->sequence, frame->payload, end_, skipped};
      end_ = offset + static_cast<std::int64_t>(frame->bytes());
      expected_ = frame->sequence + 1;
      return found;
    }
    const auto at = next_magic(offset + 1);
    if (!at) return tl::make_unexpected(at.error());
    if (*at < 0) {
      window_bytes_ = 0;  // it may have been caught half written
      return std::nullopt;
    }
    offset = *at;
  }
}

}  // namespace foreshape
