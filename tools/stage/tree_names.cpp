// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/tree_names.h"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>

namespace foreshape {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

}  // namespace

std::string last_reason() { return std::strerror(errno); }  // NOLINT(concurrency-mt-unsafe): one thread

Descriptor open_below(int directory, const std::string& name) {
  return Descriptor{
      ::openat(directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
}

bool is_named(int directory, const std::string& name, int opened) {
  struct stat named {
  }, held{};
  return ::fstatat(directory, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         ::fstat(opened, &held) == 0 && named.st_ino == held.st_ino && named.st_dev == held.st_dev;
}

Result<std::vector<std::string>> names_in(int directory, std::size_t most) {
  Descriptor again{::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  const std::unique_ptr<DIR, CloseDirectory> entries{again.is_open() ? ::fdopendir(again.get()) : nullptr};
  if (!entries) return failure(ErrorCode::unavailable, last_reason());
  static_cast<void>(again.release());  // entries closes it
  std::vector<std::string> names;
  while (names.size() < most) {
    errno = 0;
    const dirent* entry = ::readdir(entries.get());  // NOLINT(concurrency-mt-unsafe): one thread
    if (entry == nullptr && errno != 0) return failure(ErrorCode::unavailable, last_reason());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

}  // namespace foreshape
