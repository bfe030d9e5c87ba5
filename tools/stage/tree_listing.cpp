// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/tree_listing.h"

#include <algorithm>
#include <array>
#include <climits>
#include <fcntl.h>
#include <fmt/format.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/text.h"
#include "tools/stage/tree_names.h"

namespace foreshape {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::int64_t in_ns(const timespec& time) { return time.tv_sec * kNanoseconds + time.tv_nsec; }

/// How often the text goes up at its beginning; nullopt where it is absolute or goes up later, which through
/// another link could lead anywhere.
std::optional<int> levels_up(std::string_view target) {
  if (target.empty() || target.front() == '/') return std::nullopt;
  int up = 0;
  bool went_down = false;
  while (!target.empty()) {
    const std::size_t slash = std::min(target.find('/'), target.size());
    const std::string_view part = target.substr(0, slash);
    target.remove_prefix(std::min(slash + 1, target.size()));
    if (part == ".." && went_down) return std::nullopt;
    if (part == "..") ++up;
    if (part != ".." && part != "." && !part.empty()) went_down = true;
  }
  return up;
}

class Listing {
 public:
  Listing(const std::string& path, const TreeCaps& caps) : path_(path), caps_(caps) {}

  Result<TreeListing> run(int root) {
    struct stat info {};
    if (::fstat(root, &info) != 0) return failure(ErrorCode::unavailable, path_ + ": " + last_reason());
    device_ = info.st_dev;
    if (auto added = add(info, ""); !added) return tl::make_unexpected(added.error());
    if (S_ISDIR(info.st_mode))
      if (auto below = list(root, "", 0); !below) return tl::make_unexpected(below.error());
    return std::move(found_);
  }

 private:
  tl::unexpected<Error> refuse(const std::string& name, const std::string& cause) const {
    return failure(ErrorCode::invalid_input, harmless(path_ + "/" + name) + ": " + cause);
  }
  tl::unexpected<Error> unreadable(const std::string& name) const {
    return failure(ErrorCode::unavailable, harmless(path_ + "/" + name) + ": " + last_reason());
  }

  Result<void> add(const struct stat& info, const std::string& name) {
    if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode) && !S_ISLNK(info.st_mode))
      return refuse(name, "neither file, directory nor link; only these are staged");
    if (found_.entries.size() >= caps_.entries)
      return refuse("", fmt::format("more than {} files (CopyFiles)", caps_.entries));
    TreeEntry entry = entry_of(info, name);
    if (entry.bytes > caps_.bytes - found_.bytes)
      return refuse("", fmt::format("more than {} bytes (CopyBytes)", caps_.bytes));
    found_.bytes += entry.bytes;
    found_.changed_ns = std::max(found_.changed_ns, entry.changed_ns);
    found_.entries.push_back(std::move(entry));
    return {};
  }

  Result<void> list(int directory, const std::string& prefix, int depth) {
    if (depth >= kMaxTreeDepth) return refuse(prefix, fmt::format("deeper than {} levels", kMaxTreeDepth));
    auto names = names_in(directory, caps_.entries + 1);
    if (!names)
      return failure(ErrorCode::unavailable, harmless(path_ + "/" + prefix) + ": " + names.error().message);
    std::sort(names->begin(), names->end());
    const std::string above = prefix.empty() ? "" : prefix + "/";
    for (const std::string& name : *names)
      if (auto fine = visit(directory, name, above + name, depth); !fine) return fine;
    return {};
  }

  Result<void> visit(int directory, const std::string& name, const std::string& whole, int depth) {
    struct stat info {};
    if (::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0)
      return unreadable(whole);
    if (auto added = add(info, whole); !added) return added;
    if (S_ISLNK(info.st_mode)) return read_link(directory, name, depth);
    if (!S_ISDIR(info.st_mode)) return {};
    const Descriptor below = open_below(directory, name);
    struct stat opened {};
    if (!below.is_open() || ::fstat(below.get(), &opened) != 0) return unreadable(whole);
    if (opened.st_dev != device_)
      return refuse(whole, "another file system is mounted here; name it by itself");
    return list(below.get(), whole, depth + 1);
  }

  Result<void> read_link(int directory, const std::string& name, int depth) {
    TreeEntry& entry = found_.entries.back();
    std::array<char, PATH_MAX> text{};
    const ssize_t n = ::readlinkat(directory, name.c_str(), text.data(), text.size());
    if (n < 0) return unreadable(entry.name);
    entry.target.assign(text.data(), static_cast<std::size_t>(n));
    const auto up = levels_up(entry.target);
    if (!up || *up > depth)
      return refuse(entry.name, "a link that may lead out of the tree; replace it by what it leads to");
    return {};
  }

  const std::string& path_;
  const TreeCaps& caps_;
  dev_t device_ = 0;
  TreeListing found_;
};

bool is_same(const TreeEntry& a, const TreeEntry& b, Sameness same) {
  if (a.kind != b.kind || a.name != b.name || a.target != b.target) return false;
  if (a.kind != TreeEntry::Kind::file) return true;
  return a.bytes == b.bytes && a.modified_ns == b.modified_ns &&
         (same == Sameness::copied || a.changed_ns == b.changed_ns);
}

std::int64_t disk_bytes_below(int directory, dev_t device, std::size_t& entries, int depth) {
  if (depth > kMaxTreeDepth) return 0;
  std::int64_t bytes = 0;
  for (const std::string& name : names_in(directory, entries).value_or(std::vector<std::string>{})) {
    struct stat info {};
    if (entries == 0) break;
    --entries;
    if (::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) continue;
    if (info.st_dev != device) continue;
    bytes += info.st_blocks * 512;
    if (!S_ISDIR(info.st_mode)) continue;
    if (const Descriptor below = open_below(directory, name); below.is_open())
      bytes += disk_bytes_below(below.get(), device, entries, depth + 1);
  }
  return bytes;
}

}  // namespace

TreeEntry entry_of(const struct stat& info, std::string name) {
  TreeEntry entry;
  entry.kind = S_ISDIR(info.st_mode)   ? TreeEntry::Kind::directory
               : S_ISLNK(info.st_mode) ? TreeEntry::Kind::link
                                       : TreeEntry::Kind::file;
  entry.name = std::move(name);
  entry.mode = info.st_mode & 0777U;
  entry.bytes = entry.kind == TreeEntry::Kind::file ? info.st_size : 0;
  entry.modified_ns = in_ns(info.st_mtim);
  entry.changed_ns = in_ns(info.st_ctim);
  return entry;
}

Result<TreeListing> list_tree(int root, const std::string& path, const TreeCaps& caps) {
  return Listing{path, caps}.run(root);
}

std::optional<std::string> first_difference(const TreeListing& a, const TreeListing& b, Sameness same) {
  const std::size_t both = std::min(a.entries.size(), b.entries.size());
  for (std::size_t i = 0; i < both; ++i)
    if (!is_same(a.entries[i], b.entries[i], same)) return a.entries[i].name;
  if (a.entries.size() == b.entries.size()) return std::nullopt;
  return (a.entries.size() > both ? a : b).entries[both].name;
}

std::int64_t disk_bytes(int directory, std::size_t& entries) {
  struct stat info {};
  if (::fstat(directory, &info) != 0) return 0;
  return disk_bytes_below(directory, info.st_dev, entries, 0);
}

}  // namespace foreshape
