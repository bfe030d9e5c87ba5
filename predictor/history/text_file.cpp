// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/text_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace foreshape {
namespace {

constexpr std::size_t kBufferBytes = 256U << 10U;

gzFile handle(void* gz) { return static_cast<gzFile>(gz); }

std::string reason() { return std::strerror(errno); }  // NOLINT(concurrency-mt-unsafe): glibc's is per thread

struct Magic {
  std::string_view bytes, what, cure;
};

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kToUtf8 = "convert it with iconv -f UTF-16 -t UTF-8";

// What people hand over instead of text, by its first bytes.
constexpr Magic kNotText[] = {
    {"\xFF\xFE", "UTF-16 text, as Windows writes it", kToUtf8},
    {"\xFE\xFF", "UTF-16 text", kToUtf8},
    {"\x28\xB5\x2F\xFD", "compressed by zstd", "decompress it with zstd -d"},
    {"\xFD\x37zXZ", "compressed by xz", "decompress it with xz -d"},
    {"BZh", "compressed by bzip2", "decompress it with bzip2 -d"},
    {"PK\x03\x04", "a zip archive or a spreadsheet", "unpack it, or save it as text"},
    {"SQLite format 3", "an SQLite database", "export its table as text"},
    {"PAR1", "a Parquet file", "export it as text"},
    {"\x89HDF", "an HDF5 file", "a dataset of ours is for foreshape-train"},
};

/// UTF-16 without a mark: of its first two characters one byte each is 0.
bool is_unmarked_utf16(std::string_view head) {
  if (head.size() < 4) return false;
  const bool zero[] = {head[0] == 0, head[1] == 0, head[2] == 0, head[3] == 0};
  return zero[0] != zero[1] && zero[0] == zero[2] && zero[1] == zero[3];
}

/// The line's text up to kMaxLineBytes and without a carriage return at its end.
TextFile::Line finished(std::string_view text, std::uint64_t number) {
  TextFile::Line line{text, number, text.size() > TextFile::kMaxLineBytes};
  if (line.cut) line.text = line.text.substr(0, TextFile::kMaxLineBytes);
  if (!line.cut && !line.text.empty() && line.text.back() == '\r') line.text.remove_suffix(1);
  return line;
}

}  // namespace

void TextFile::Close::operator()(void* gz) const noexcept { gzclose_r(handle(gz)); }

TextFile::TextFile(std::string path, void* gz, std::uint64_t stored_bytes)
    : path_(std::move(path)), gz_(gz), stored_bytes_(stored_bytes), buffer_(kBufferBytes) {}

Result<TextFile> TextFile::open(const std::string& path) {
  const int fd = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return failure(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable, path + ": " + reason());
  struct stat info {};
  if (::fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
    ::close(fd);
    return failure(ErrorCode::invalid_input, path + ": is a directory, not a file");
  }
  gzFile gz = gzdopen(fd, "rb");
  if (gz == nullptr) {
    ::close(fd);
    return failure(ErrorCode::unavailable, path + ": zlib is out of memory");
  }
  gzbuffer(gz, kBufferBytes);
  return TextFile{path, gz, S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0};
}

Result<bool> TextFile::fill() {
  const int n = gzread(handle(gz_.get()), buffer_.data(), static_cast<unsigned>(buffer_.size()));
  int code = Z_OK;
  const char* words = gzerror(handle(gz_.get()), &code);
  if (code == Z_ERRNO) return failure(ErrorCode::unavailable, path_ + ": read: " + reason());
  if (n < 0 || code == Z_DATA_ERROR || (n == 0 && code == Z_BUF_ERROR))
    return failure(ErrorCode::corrupt, fmt::format("{}: compressed data damaged or cut off after line {}: {}",
                                                   path_, lines_, words));
  begin_ = 0;
  end_ = static_cast<std::size_t>(n);
  if (!begun_)
    if (const auto text = check_beginning(); !text) return tl::make_unexpected(text.error());
  return n > 0;
}

Result<void> TextFile::check_beginning() {
  begun_ = true;
  const std::string_view beginning{buffer_.data(), end_};
  if (beginning.starts_with(kUtf8Mark)) begin_ = kUtf8Mark.size();
  const auto refuse = [&](std::string_view what, std::string_view cure) {
    return failure(ErrorCode::invalid_input,
                   fmt::format("{}: is {}, which is not read; {}", path_, what, cure));
  };
  for (const Magic& magic : kNotText)
    if (beginning.starts_with(magic.bytes)) return refuse(magic.what, magic.cure);
  if (is_unmarked_utf16(beginning)) return refuse("UTF-16 text", kToUtf8);
  return {};
}

Result<std::string_view> TextFile::head() {
  if (!begun_)
    if (const auto filled = fill(); !filled) return tl::make_unexpected(filled.error());
  return std::string_view{buffer_.data() + begin_, end_ - begin_};
}

Result<std::optional<TextFile::Line>> TextFile::next() {
  carried_.clear();
  while (true) {
    if (begin_ == end_) {
      const auto more = fill();
      if (!more) return tl::make_unexpected(more.error());
      if (!*more) break;
    }
    const std::string_view rest{buffer_.data() + begin_, end_ - begin_};
    const std::size_t length = rest.find('\n');
    const bool ends = length != std::string_view::npos;
    const std::string_view piece = rest.substr(0, length);
    begin_ += piece.size() + (ends ? 1 : 0);
    if (ends && carried_.empty()) return finished(piece, ++lines_);
    // One byte beyond the limit marks the line as cut.
    carried_ += piece.substr(0, kMaxLineBytes + 1 - std::min(carried_.size(), kMaxLineBytes + 1));
    if (ends) return finished(carried_, ++lines_);
  }
  if (carried_.empty()) return std::optional<Line>{};
  return finished(carried_, ++lines_);
}

double TextFile::progress() const {
  if (stored_bytes_ == 0) return 0;
  const auto read = gzoffset(handle(gz_.get()));
  return std::clamp(static_cast<double>(read) / static_cast<double>(stored_bytes_), 0.0, 1.0);
}

}  // namespace foreshape
