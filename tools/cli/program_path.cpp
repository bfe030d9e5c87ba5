// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/program_path.h"

#include <algorithm>
#include <array>
#include <climits>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/text.h"

namespace foreshape {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel's own bound

/// Puts a path's parts before those that are left, which stand in reverse order.
void put_before(std::vector<std::string>& left, const std::string& path) {
  for (std::size_t end = path.size(); end != 0;) {
    const std::size_t slash = path.rfind('/', end - 1);
    const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
    if (begin < end) left.push_back(path.substr(begin, end - begin));
    end = slash == std::string::npos ? 0 : slash;
  }
}

bool is_writable_for_others(const struct stat& info) {
  return (info.st_mode & S_IWOTH) != 0 || ((info.st_mode & S_IWGRP) != 0 && info.st_gid != 0);
}

bool is_program(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

/// Goes the way of a path, part by part. What only root can change stays as it was seen.
class Way {
 public:
  explicit Way(const std::string& path) { put_before(left_, path); }

  std::string objection() {
    std::string why = judge("/");
    while (why.empty() && !left_.empty()) {
      const std::string part = left_.back();
      left_.pop_back();
      if (part == ".") continue;
      if (part == "..")
        here_.resize(here_.empty() ? 0 : here_.rfind('/'));
      else
        why = judge(here_ + "/" + part);
    }
    return why;
  }

 private:
  std::string judge(const std::string& next) {
    struct stat info {};
    if (::lstat(next.c_str(), &info) != 0) return next + " is not there";
    if (info.st_uid != 0) return fmt::format("{} belongs to uid {}", harmless(next), info.st_uid);
    if (S_ISLNK(info.st_mode)) return follow(next);
    // In the last directory a sticky bit does not help: anybody can put a program there, or a link to one.
    const bool is_above = S_ISDIR(info.st_mode) && left_.size() > 1;
    const bool is_kept = is_above && (info.st_mode & S_ISVTX) != 0;
    if (is_writable_for_others(info) && !is_kept)
      return fmt::format("{} is writable for others than root", harmless(next));
    here_ = next == "/" ? "" : next;
    return "";
  }

  std::string follow(const std::string& link) {
    std::array<char, PATH_MAX> target{};
    const ssize_t n = ::readlink(link.c_str(), target.data(), target.size());
    if (n <= 0 || ++links_ > kMaxLinks) return link + " is a link that leads nowhere";
    const std::string to(target.data(), static_cast<std::size_t>(n));
    if (to.starts_with('/')) here_.clear();
    put_before(left_, to);
    return "";
  }

  std::string here_;               // "" = "/"; no link is in it
  std::vector<std::string> left_;  // the next part last
  int links_ = 0;
};

}  // namespace

std::string why_not_roots_own(const std::string& path) { return Way(path).objection(); }

RootsPath roots_path(const std::string& path) {
  RootsPath roots;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t to = std::min(path.find(':', from), path.size());
    const std::string entry = path.substr(from, to - from);
    from = to + 1;
    struct stat info {};
    const bool is_there = ::stat(entry.empty() ? "." : entry.c_str(), &info) == 0;
    std::string why;
    if (!entry.starts_with('/'))
      why = fmt::format("'{}' is relative", harmless(entry));
    else if (is_there)
      why = why_not_roots_own(entry + "/.");
    if (why.empty() && is_there) roots.directories.push_back(entry);
    if (!why.empty()) roots.skipped.push_back(std::move(why));
  }
  return roots;
}

std::string joined_path(const RootsPath& path) {
  std::string joined;
  for (const std::string& directory : path.directories) joined += (joined.empty() ? "" : ":") + directory;
  return joined.empty() ? "/usr/sbin:/usr/bin:/sbin:/bin" : joined;
}

Result<std::string> find_as_root(const std::string& name, RootsPath path) {
  for (const std::string& directory : path.directories) {
    std::string file = fmt::format("{}/{}", directory, name);
    if (!is_program(file)) continue;
    std::string why = why_not_roots_own(file);
    if (why.empty()) return file;
    path.skipped.push_back(std::move(why));
  }
  std::string skipped;
  for (const std::string& why : path.skipped) skipped += (skipped.empty() ? "" : "; ") + why;
  if (skipped.empty()) return failure(ErrorCode::not_found, name + ": not found in PATH; is it installed?");
  return failure(
      ErrorCode::not_found,
      fmt::format("{}: not found in PATH by root, who runs only what nobody else can change: {}; give "
                  "what was skipped to root (chown root, chmod go-w), or run this as another user",
                  name, skipped));
}

}  // namespace foreshape
