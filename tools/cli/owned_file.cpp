// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/owned_file.h"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <optional>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/directory.h"
#include "predictor/base/file.h"
#include "predictor/base/text.h"

namespace foreshape {
namespace {

/// Whom a file in this directory is given to, if to anybody.
Result<std::optional<uid_t>> new_owner(int directory, const std::string& path, const std::string& user_name) {
  if (!user_name.empty()) {
    const passwd* user = ::getpwnam(user_name.c_str());
    if (user == nullptr)
      return failure(ErrorCode::not_found, "no user '" + harmless(user_name) + "' on this machine");
    return user->pw_uid;
  }
  if (::geteuid() != 0) return std::nullopt;
  struct stat info {};
  if (::fstat(directory, &info) != 0)
    return failure(ErrorCode::unavailable, path + ": directory: " + std::strerror(errno));
  return info.st_uid;
}

bool is_empty(int directory) {
  DIR* entries = ::fdopendir(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (entries == nullptr) return false;
  int names = 0;
  while (names <= 2 && ::readdir(entries) != nullptr) ++names;  // NOLINT(concurrency-mt-unsafe): one thread
  ::closedir(entries);
  return names == 2;  // "." and ".."
}

}  // namespace

Result<void> replace_owned_file(const std::string& path, const std::string& bytes, mode_t mode,
                                const std::string& owner) {
  const auto directory = open_directory(directory_of(path));
  if (!directory) return tl::make_unexpected(directory.error());
  return replace_owned_file_at(directory->get(), path, bytes, mode, owner);
}

Result<void> replace_owned_file_at(int directory, const std::string& path, const std::string& bytes,
                                   mode_t mode, const std::string& owner) {
  const auto uid = new_owner(directory, path, owner);
  if (!uid) return tl::make_unexpected(uid.error());
  return replace_file_at(directory, path, bytes, mode, *uid);
}

Result<void> remove_owned_file(const std::string& path) {
  const auto directory = open_directory(directory_of(path));
  if (!directory) return tl::make_unexpected(directory.error());
  if (::unlinkat(directory->get(), last_name(path).c_str(), 0) != 0)
    return failure(ErrorCode::unavailable, path + ": unlink: " + std::strerror(errno));
  return {};
}

Result<Descriptor> open_owned_directory(const std::string& path) {
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.back() == '/') trimmed.pop_back();
  const auto above = open_directory(directory_of(trimmed));
  if (!above) return tl::make_unexpected(above.error());
  const bool is_new = ::mkdirat(above->get(), last_name(trimmed).c_str(), 0700) == 0;
  if (!is_new && errno != EEXIST)
    return failure(ErrorCode::unavailable, path + ": mkdir: " + std::strerror(errno));
  auto opened = open_directory(trimmed);
  if (!opened || !is_new || ::geteuid() != 0) return opened;
  struct stat made {
  }, parent{};
  // Whoever owns the directory above may have put another directory of root's here meanwhile: an empty one
  // that only root may enter gives nothing away.
  const bool ours = ::fstat(opened->get(), &made) == 0 && ::fstat(above->get(), &parent) == 0 &&
                    made.st_uid == 0 && (made.st_mode & 0777U) == 0700 && is_empty(opened->get());
  if (!ours || ::fchown(opened->get(), parent.st_uid, static_cast<gid_t>(-1)) != 0)
    return failure(ErrorCode::unavailable, path + ": was replaced while it was made; try again");
  return opened;
}

}  // namespace foreshape
