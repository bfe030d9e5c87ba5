// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/source_path.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>

#include "predictor/base/directory.h"
#include "predictor/base/hash.h"
#include "predictor/base/text.h"
#include "tools/stage/tree_names.h"

namespace foreshape {
namespace {

constexpr std::size_t kMaxPath = 3'000;

tl::unexpected<Error> refuse(std::string_view path, const char* cause) {
  constexpr std::size_t kShown = 200;
  return failure(ErrorCode::invalid_input, harmless(path.substr(0, kShown)) + ": " + cause);
}

Error named(const std::string& source, Error error) {
  if (error.message.find(source) == std::string::npos) error.message = source + ": " + error.message;
  error.message = harmless(error.message);
  return error;
}

}  // namespace

Result<std::string> source_name(std::string_view path) {
  if (path.empty() || path.front() != '/') return refuse(path, "give the absolute path of what to stage");
  if (path.size() > kMaxPath) return refuse(path, "longer than 3000 bytes");
  if (harmless(path) != path)
    return refuse(path, "a path with control characters or broken UTF-8 is not staged");
  std::string name;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find('/'));
    if (part == "." || part == "..") return refuse(path, "give the path without '.' and '..'");
    if (!part.empty()) name.append("/").append(part);
    path.remove_prefix(part.size());
  }
  if (name.empty()) return refuse("/", "the root directory is not staged");
  return name;
}

std::string copy_key(const std::string& source) {
  return fmt::format("{:016x}", checksum(source.data(), source.size()));
}

std::string file_system_of(const std::string& source) {
  std::error_code none;
  std::filesystem::path at = std::filesystem::canonical(source, none);
  struct stat here {
  }, above{};
  if (none || ::stat(at.c_str(), &here) != 0) return "";
  while (at.has_relative_path() && ::stat(at.parent_path().c_str(), &above) == 0 &&
         above.st_dev == here.st_dev)
    at = at.parent_path();
  return at.string();
}

Result<Descriptor> open_source(const std::string& source) {
  const auto above = enter_by_own_links(directory_of(source));
  if (!above) return tl::make_unexpected(named(source, above.error()));
  struct stat info {};
  if (::fstatat(above->get(), last_name(source).c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
    return failure(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
                   source + ": " + last_reason());
  if (!S_ISREG(info.st_mode)) {
    // A directory, or a link to one: the walk follows it by the same rule.
    const auto entered = enter_by_own_links(source);
    if (!entered) return tl::make_unexpected(named(source, entered.error()));
    Descriptor opened{::openat(entered->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!opened.is_open()) return failure(ErrorCode::unavailable, source + ": " + last_reason());
    return opened;
  }
  Descriptor opened{::openat(above->get(), last_name(source).c_str(),
                             O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
  struct stat now {};
  if (!opened.is_open() || ::fstat(opened.get(), &now) != 0)
    return failure(ErrorCode::unavailable, source + ": " + last_reason());
  if (!S_ISREG(now.st_mode)) return refuse(source, "was replaced while it was opened; try again");
  return opened;
}

}  // namespace foreshape
