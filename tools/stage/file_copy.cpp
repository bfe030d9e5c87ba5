// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/file_copy.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "predictor/base/descriptor.h"
#include "predictor/base/hash.h"
#include "tools/stage/tree_names.h"

namespace foreshape {
namespace {

constexpr std::size_t kChunk = std::size_t{4} << 20;

tl::unexpected<Error> failed(const char* step) {
  return failure(ErrorCode::unavailable, std::string(step) + ": " + last_reason());
}

tl::unexpected<Error> changed() { return failure(ErrorCode::busy, "changed while it was copied"); }

bool is_as_listed(int source, const TreeEntry& entry) {
  struct stat info {};
  if (::fstat(source, &info) != 0 || !S_ISREG(info.st_mode)) return false;
  const TreeEntry now = entry_of(info, "");
  return now.bytes == entry.bytes && now.modified_ns == entry.modified_ns &&
         now.changed_ns == entry.changed_ns;
}

/// Reads up to size bytes; fewer only at the file's end.
Result<std::size_t> read_chunk(int file, char* into, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(file, into + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("read");
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

Result<void> write_chunk(int file, const char* from, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::write(file, from, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("write");
    from += n;
    size -= static_cast<std::size_t>(n);
  }
  return {};
}

/// Of a file's content: that of its chunks' checksums, so that no more than a chunk is in memory.
class ContentChecksum {
 public:
  void add(const char* bytes, std::size_t size) {
    const std::array<std::uint64_t, 2> both = {sum_, checksum(bytes, size)};
    sum_ = checksum(both.data(), sizeof both);
  }
  std::uint64_t value() const { return sum_; }

 private:
  std::uint64_t sum_ = 0;
};

/// Calls use(bytes, size) for each chunk of exactly `bytes` bytes. Errors: busy - the file is shorter.
template <class Use>
Result<void> for_each_chunk(int file, std::int64_t bytes, Use use) {
  std::vector<char> chunk(std::min(kChunk, static_cast<std::size_t>(bytes)));
  while (bytes > 0) {
    const auto wanted = std::min(chunk.size(), static_cast<std::size_t>(bytes));
    const auto n = read_chunk(file, chunk.data(), wanted);
    if (!n) return tl::make_unexpected(n.error());
    if (*n != wanted) return changed();
    if (auto used = use(chunk.data(), wanted); !used) return used;
    bytes -= static_cast<std::int64_t>(wanted);
  }
  return {};
}

Result<void> copy_by_reading(int source, int target, std::int64_t bytes, const CopyManner& manner,
                             ContentChecksum& sum) {
  return for_each_chunk(source, bytes, [&](const char* chunk, std::size_t size) -> Result<void> {
    if (manner.with_checksums) sum.add(chunk, size);
    if (auto written = write_chunk(target, chunk, size); !written) return written;
    return manner.proceed();
  });
}

/// Whether the kernel could not copy between these two file systems, and nothing has been copied yet.
bool is_for_reading(int reason) {
  return reason == EXDEV || reason == EINVAL || reason == ENOSYS || reason == EOPNOTSUPP || reason == EPERM;
}

Result<void> copy_in_kernel(int source, int target, std::int64_t bytes, const CopyManner& manner,
                            ContentChecksum& sum) {
  std::int64_t left = bytes;
  while (left > 0) {
    const auto wanted = std::min(kChunk, static_cast<std::size_t>(left));
    const ssize_t n = ::copy_file_range(source, nullptr, target, nullptr, wanted, 0);
    if (n < 0 && errno == EINTR) continue;
    // Some kernels answer 0 for files that they can't copy this way: then reading says whether it ended.
    if ((n < 0 && is_for_reading(errno)) || n == 0) return copy_by_reading(source, target, left, manner, sum);
    if (n < 0) return failed("copy");
    left -= n;
    if (auto on = manner.proceed(); !on) return on;
  }
  return {};
}

Result<void> compare_content(int target, std::int64_t bytes, std::uint64_t expected) {
  ::posix_fadvise(target, 0, 0, POSIX_FADV_DONTNEED);  // from the disk, as far as the kernel lets go of it
  if (::lseek(target, 0, SEEK_SET) != 0) return failed("lseek");
  ContentChecksum sum;
  auto read = for_each_chunk(target, bytes, [&](const char* chunk, std::size_t size) {
    sum.add(chunk, size);
    return Result<void>{};
  });
  if (!read) return read;
  if (sum.value() != expected) return failure(ErrorCode::corrupt, "the copy differs from what was read");
  return {};
}

/// Rights and times, then everything to the disk.
Result<void> finish(int target, const TreeEntry& entry) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const timespec modified{entry.modified_ns / kSecond, entry.modified_ns % kSecond};
  const std::array<timespec, 2> times = {timespec{0, UTIME_OMIT}, modified};
  if (::fchmod(target, (entry.mode & 0700U) | 0400U) != 0) return failed("chmod");
  if (::futimens(target, times.data()) != 0) return failed("set its time");
  if (::fsync(target) != 0) return failed("fsync");
  struct stat info {};
  if (::fstat(target, &info) != 0) return failed("stat");
  if (info.st_size != entry.bytes) return failure(ErrorCode::unavailable, "the copy has another size");
  return {};
}

}  // namespace

Result<std::uint64_t> copy_file(int source, const TreeEntry& entry, int directory, const std::string& name,
                                const CopyManner& manner) {
  if (!is_as_listed(source, entry)) return changed();
  Descriptor target{
      ::openat(directory, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (!target.is_open()) return failed("create");
  ContentChecksum sum;
  auto copied = manner.with_checksums ? copy_by_reading(source, target.get(), entry.bytes, manner, sum)
                                      : copy_in_kernel(source, target.get(), entry.bytes, manner, sum);
  if (copied) copied = finish(target.get(), entry);
  if (copied && manner.with_checksums) copied = compare_content(target.get(), entry.bytes, sum.value());
  if (!copied) return tl::make_unexpected(copied.error());
  if (!is_as_listed(source, entry)) return changed();
  if (::close(target.release()) != 0) return failed("close");
  return manner.with_checksums ? sum.value() : 0;
}

}  // namespace foreshape
