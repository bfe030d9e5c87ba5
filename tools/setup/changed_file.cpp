// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/changed_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>

#include "predictor/base/directory.h"
#include "predictor/base/file.h"
#include "tools/cli/owned_file.h"
#include "tools/setup/written_file.h"

namespace foreshape {
namespace {

/// Of the name itself, wherever it may lead. nullopt: nothing has it.
Result<std::optional<struct stat>> look_at(int directory, const std::string& path) {
  struct stat info {};
  if (::fstatat(directory, last_name(path).c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) return info;
  if (errno == ENOENT) return std::nullopt;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
  return failure(ErrorCode::unavailable, path + ": " + std::strerror(errno));
}

Result<void> write_as(int directory, const std::string& path, const std::string& text,
                      const std::optional<struct stat>& like, mode_t mode_if_new) {
  const auto draft = look_at(directory, path + ".new");
  if (!draft) return tl::make_unexpected(draft.error());
  if (*draft)
    return failure(ErrorCode::invalid_input,
                   path + ".new is there: it may be a change of yours, and would be lost; move it away");
  if (!like) return replace_owned_file_at(directory, path, text, mode_if_new, "");
  if (!S_ISREG(like->st_mode))
    return failure(ErrorCode::invalid_input, path + ": is no regular file, and not replaced");
  return replace_file_at(directory, path, text, like->st_mode & 0777U, like->st_uid, like->st_gid);
}

}  // namespace

Result<void> change_file(const std::string& path, const std::string& text, mode_t mode_if_new) {
  const auto directory = open_directory(directory_of(path));
  if (!directory) return tl::make_unexpected(directory.error());
  const auto now = look_at(directory->get(), path);
  if (!now) return tl::make_unexpected(now.error());
  return write_as(directory->get(), path, text, *now, mode_if_new);
}

Result<void> keep_copy(const std::string& path, const std::string& copy) {
  const auto directory = open_directory(directory_of(path));
  if (!directory) return tl::make_unexpected(directory.error());
  const auto before = look_at(directory->get(), copy);
  if (!before) return tl::make_unexpected(before.error());
  if (*before) return {};
  const auto like = look_at(directory->get(), path);
  if (!like) return tl::make_unexpected(like.error());
  const auto text = text_or_none(path);
  if (!text) return tl::make_unexpected(text.error());
  return write_as(directory->get(), copy, *text, *like, 0600);
}

}  // namespace foreshape
