// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/descriptor.h"
#include "predictor/base/directory.h"
#include "predictor/base/file_draft.h"

namespace foreshape {
namespace {

std::string reason() { return std::strerror(errno); }  // NOLINT(concurrency-mt-unsafe): glibc's is per thread

Result<void> check(const std::string& path, const struct stat& info, std::size_t max_bytes,
                   const std::optional<FileTrust>& trust) {
  if (!S_ISREG(info.st_mode)) return failure(ErrorCode::invalid_input, path + ": not a regular file");
  if (static_cast<std::size_t>(info.st_size) > max_bytes)
    return failure(ErrorCode::invalid_input,
                   fmt::format("{}: {} bytes, at most {} are accepted", path, info.st_size, max_bytes));
  if (!trust) return {};
  if (info.st_uid != 0 && info.st_uid != trust->owner)
    return failure(ErrorCode::invalid_input,
                   fmt::format("{}: belongs to uid {}; it must belong to root or uid {}", path, info.st_uid,
                               trust->owner));
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return failure(ErrorCode::invalid_input,
                   fmt::format("{}: mode {:o} lets group or others write; run chmod go-w on it", path,
                               info.st_mode & 07777U));
  return {};
}

Result<void> write_all(int fd, const std::string& bytes, const std::string& path) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failure(ErrorCode::unavailable, path + ": write: " + reason());
    done += static_cast<std::size_t>(n);
  }
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max_bytes,
                              const std::optional<FileTrust>& trust) {
  // O_NONBLOCK: a fifo put in the file's place must not hang the thread.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.get() < 0) {
    const auto code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
    return failure(code, path + ": " + reason());
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return failure(ErrorCode::unavailable, path + ": " + reason());
  if (auto fine = check(path, info, max_bytes, trust); !fine) return tl::make_unexpected(fine.error());

  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failure(ErrorCode::unavailable, path + ": read: " + reason());
    if (n == 0) break;  // cut short meanwhile; the format's own checks will say so
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

Result<void> check_replaceable(int directory, const std::string& name, const std::string& path) {
  struct stat info {};
  if (::fstatat(directory, name.c_str(), &info, 0) != 0 || S_ISREG(info.st_mode)) return {};
  return failure(ErrorCode::invalid_input, path + ": not a regular file, it is not replaced");
}

Result<void> replace_file(const std::string& path, const std::string& bytes, mode_t mode) {
  const auto directory = open_directory(directory_of(path));
  if (!directory) return tl::make_unexpected(directory.error());
  return replace_file_at(directory->get(), path, bytes, mode);
}

Result<void> replace_file_at(int directory, const std::string& path, const std::string& bytes, mode_t mode,
                             std::optional<uid_t> owner, std::optional<gid_t> group) {
  auto draft = FileDraft::create(directory, path, mode);
  if (!draft) return tl::make_unexpected(draft.error());
  const bool is_given = owner || group;
  if (is_given && ::fchown(draft->file(), owner.value_or(static_cast<uid_t>(-1)),
                           group.value_or(static_cast<gid_t>(-1))) != 0)
    return failure(ErrorCode::unavailable, draft->text() + ": chown: " + reason());
  if (auto written = write_all(draft->file(), bytes, draft->text()); !written) return written;
  return draft->put_in_place();
}

}  // namespace foreshape
