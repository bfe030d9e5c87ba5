// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/model/directory_lock.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>

#include "predictor/base/directory.h"
#include "tools/cli/owned_file.h"

namespace foreshape {
namespace {

/// Each level is made in the one above it.
Result<Descriptor> open_with_parents(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  auto opened = open_owned_directory(path);
  const std::string above = directory_of(path);
  if (opened || opened.error().code != ErrorCode::not_found || above == path || above == ".") return opened;
  if (auto made = open_with_parents(above); !made) return made;
  return open_owned_directory(path);
}

}  // namespace

Result<Descriptor> lock_directory(const std::string& directory, const std::string& name,
                                  const std::string& holder) {
  const auto opened = open_with_parents(directory);
  if (!opened) return tl::make_unexpected(opened.error());
  const std::string path = directory + "/" + name;
  Descriptor file{::openat(opened->get(), name.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600)};
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's is per thread
  if (!file.is_open()) return failure(ErrorCode::unavailable, path + ": " + std::strerror(errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
  return failure(ErrorCode::busy, path + ": another " + holder + " is running");
}

}  // namespace foreshape
