// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/small_file.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/descriptor.h"
#include "tools/stage/tree_names.h"

namespace foreshape {

Result<std::string> read_small_file(int directory, const std::string& name, std::size_t max_bytes) {
  const Descriptor file{::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  struct stat info {};
  if (!file.is_open() || ::fstat(file.get(), &info) != 0)
    return failure(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
                   name + ": " + last_reason());
  if (!S_ISREG(info.st_mode) || info.st_uid != ::geteuid() ||
      static_cast<std::size_t>(info.st_size) > max_bytes)
    return failure(
        ErrorCode::invalid_input,
        fmt::format("{}: not a regular file of uid {} of at most {} bytes", name, ::geteuid(), max_bytes));
  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failure(ErrorCode::unavailable, name + ": read: " + last_reason());
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace foreshape
