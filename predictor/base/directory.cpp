// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/directory.h"

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <vector>

namespace foreshape {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel's own bound

Error trouble(const std::string& path, int reason) {
  const auto code = reason == ENOENT    ? ErrorCode::not_found
                    : reason == ENOTDIR ? ErrorCode::invalid_input
                                        : ErrorCode::unavailable;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's is per thread
  return {code, path + ": " + std::strerror(reason)};
}

/// Looks up one part after the other, so that every link is seen before it is followed.
class Walk {
 public:
  /// flags: of the last open(2).
  Walk(const std::string& path, int flags) : path_(path), flags_(flags) {}

  Result<Descriptor> run() {
    begin_at(path_);
    while (here_.is_open() && !left_.empty()) {
      const std::string part = left_.back();
      left_.pop_back();
      if (auto done = enter(part); !done) return tl::make_unexpected(done.error());
    }
    if (!here_.is_open()) return tl::make_unexpected(trouble(path_, errno));
    Descriptor opened{::openat(here_.get(), ".", flags_ | O_DIRECTORY | O_CLOEXEC)};
    if (!opened.is_open()) return tl::make_unexpected(trouble(path_, errno));
    return opened;
  }

 private:
  /// Puts a path's parts before those that are left.
  void begin_at(const std::string& path) {
    if (path.starts_with('/') || !here_.is_open())
      here_ = Descriptor{::open(path.starts_with('/') ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC)};
    for (std::size_t end = path.size(); end != 0;) {
      const std::size_t slash = path.rfind('/', end - 1);
      const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
      if (begin < end) left_.push_back(path.substr(begin, end - begin));
      end = slash == std::string::npos ? 0 : slash;
    }
  }

  Result<void> enter(const std::string& part) {
    Descriptor next{::openat(here_.get(), part.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)};
    struct stat info {};
    if (!next.is_open() || ::fstat(next.get(), &info) != 0) return tl::make_unexpected(trouble(path_, errno));
    if (S_ISLNK(info.st_mode)) return follow(next.get(), part, info.st_uid);
    if (!S_ISDIR(info.st_mode)) return tl::make_unexpected(trouble(path_, ENOTDIR));
    here_ = std::move(next);
    return {};
  }

  Result<void> follow(int link, const std::string& part, uid_t owner) {
    if (owner != 0 && owner != ::geteuid())
      return failure(ErrorCode::invalid_input,
                     fmt::format("{}: '{}' is a link of uid {}, which {} does not follow; name the "
                                 "directory that it leads to",
                                 path_, part, owner, ::geteuid() == 0 ? "root" : "nobody else"));
    if (++links_ > kMaxLinks) return tl::make_unexpected(trouble(path_, ELOOP));
    std::array<char, PATH_MAX> target{};
    const ssize_t n = ::readlinkat(link, "", target.data(), target.size());
    if (n <= 0) return tl::make_unexpected(trouble(path_, n < 0 ? errno : ENOENT));
    begin_at(std::string(target.data(), static_cast<std::size_t>(n)));
    return {};
  }

  const std::string& path_;
  int flags_;
  std::vector<std::string> left_;  // the next part last
  Descriptor here_;
  int links_ = 0;
};

}  // namespace

Result<Descriptor> open_directory(const std::string& path) {
  if (::geteuid() == 0) return Walk{path, O_RDONLY}.run();
  Descriptor opened{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened.is_open()) return tl::make_unexpected(trouble(path, errno));
  return opened;
}

Result<Descriptor> enter_by_own_links(const std::string& path) { return Walk{path, O_PATH}.run(); }

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return path.substr(0, slash == 0 ? 1 : slash);
}

std::string last_name(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace foreshape
