// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/user_directory.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/directory.h"
#include "predictor/base/text.h"
#include "tools/stage/tree_names.h"

namespace foreshape {
namespace {

constexpr std::size_t kDigits = 16;

bool is_hex(const std::string& text) {
  return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Whether it is a directory of the caller's own; its rights for others are taken away.
bool is_private(int directory) {
  struct stat info {};
  if (::fstat(directory, &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != ::geteuid()) return false;
  return (info.st_mode & 07777U) == 0700 || ::fchmod(directory, 0700) == 0;
}

}  // namespace

Result<Descriptor> open_buffer(const std::string& path) {
  auto opened = open_directory(path);
  if (!opened) return tl::make_unexpected(about("the buffer", opened.error()));
  struct stat info {};
  if (::fstat(opened->get(), &info) != 0) return failure(ErrorCode::unavailable, path + ": " + last_reason());
  if (info.st_uid != 0 && info.st_uid != ::geteuid())
    return failure(
        ErrorCode::invalid_input,
        fmt::format("the buffer {} belongs to uid {}, who could swap what lies in it: chown root {}", path,
                    info.st_uid, path));
  if ((info.st_mode & 0022U) != 0 && (info.st_mode & S_ISVTX) == 0)
    return failure(
        ErrorCode::invalid_input,
        fmt::format("the buffer {}: others could swap what lies in it: chmod 1777 {}", path, path));
  return opened;
}

Result<Descriptor> open_user_directory(int buffer, bool make) {
  const std::string name = fmt::format("{}", ::geteuid());
  if (make && ::mkdirat(buffer, name.c_str(), 0700) != 0 && errno != EEXIST)
    return failure(ErrorCode::unavailable, "your directory in the buffer: mkdir: " + last_reason());
  Descriptor opened = open_below(buffer, name);
  if (!opened.is_open())
    return failure(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
                   "your directory '" + name + "' in the buffer: " + last_reason());
  if (!is_private(opened.get()))
    return failure(ErrorCode::invalid_input, "'" + name +
                                                 "' in the buffer is not your own directory; ask an " +
                                                 "administrator to run foreshape stage sweep");
  return opened;
}

CopyName new_copy_name(const std::string& key) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return {key, fmt::format("{:016x}", static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
                                          static_cast<std::uint64_t>(now.tv_nsec))};
}

std::optional<CopyName> parse_copy_name(const std::string& name) {
  if (name.size() != 2 * kDigits + 1 || name[kDigits] != '.') return std::nullopt;
  CopyName parsed{name.substr(0, kDigits), name.substr(kDigits + 1)};
  if (!is_hex(parsed.key) || !is_hex(parsed.time)) return std::nullopt;
  return parsed;
}

Result<std::vector<CopyName>> copies_in(int user_directory, const std::string& key) {
  const auto names = names_in(user_directory, kMaxCopies);
  if (!names) return tl::make_unexpected(names.error());
  std::vector<CopyName> copies;
  for (const std::string& name : *names)
    if (auto copy = parse_copy_name(name); copy && (key.empty() || copy->key == key)) copies.push_back(*copy);
  std::sort(copies.begin(), copies.end(),
            [](const CopyName& a, const CopyName& b) { return a.time > b.time; });
  return copies;
}

Descriptor open_copy(int user_directory, const std::string& name) {
  Descriptor opened = open_below(user_directory, name);
  if (opened.is_open() && !is_private(opened.get())) opened.reset();
  return opened;
}

std::optional<uid_t> named_uid(const std::string& name) {
  uid_t uid = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), uid);
  if (problem != std::errc{} || end != name.data() + name.size() || name != fmt::format("{}", uid))
    return std::nullopt;
  return uid;
}

}  // namespace foreshape
