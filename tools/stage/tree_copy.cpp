// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/tree_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "predictor/base/descriptor.h"
#include "predictor/base/directory.h"
#include "predictor/base/text.h"
#include "tools/stage/tree_names.h"

namespace foreshape {
namespace {

/// A directory of the source beside its copy.
struct Pair {
  std::string name;  ///< from the root of the tree
  Descriptor source, target;
};

/// Goes through a listing, in which each directory comes before what is in it.
class TreeCopy {
 public:
  TreeCopy(int source, int directory, const std::string& name, const CopyManner& manner)
      : source_(source), directory_(directory), name_(name), manner_(manner) {}

  Result<void> run(TreeListing& listing) {
    for (TreeEntry& entry : listing.entries) {
      const auto done = copy(entry);
      if (!done)
        return tl::make_unexpected(about(entry.name.empty() ? name_ : harmless(entry.name), done.error()));
      if (auto on = manner_.proceed(); !on) return on;
    }
    while (!open_.empty())
      if (auto left = leave(); !left) return left;
    return {};
  }

 private:
  Result<void> copy(TreeEntry& entry) {
    if (entry.name.empty())
      return entry.kind == TreeEntry::Kind::directory ? enter_root()
                                                      : copy_content(source_, entry, directory_, name_);
    const std::string above = entry.name.find('/') == std::string::npos ? "" : directory_of(entry.name);
    while (open_.back().name != above)
      if (auto left = leave(); !left) return left;
    const Pair& at = open_.back();
    const std::string name = last_name(entry.name);
    if (entry.kind == TreeEntry::Kind::directory) return enter(entry, at, name);
    if (entry.kind == TreeEntry::Kind::link) return make_link(entry, at.target.get(), name);
    const Descriptor file{
        ::openat(at.source.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
    if (!file.is_open()) return failure(ErrorCode::busy, last_reason());
    return copy_content(file.get(), entry, at.target.get(), name);
  }

  Result<void> copy_content(int file, TreeEntry& entry, int directory, const std::string& name) {
    const auto sum = copy_file(file, entry, directory, name, manner_);
    if (!sum) return tl::make_unexpected(sum.error());
    entry.checksum = *sum;
    return {};
  }

  static Result<void> make_link(const TreeEntry& entry, int directory, const std::string& name) {
    if (::symlinkat(entry.target.c_str(), directory, name.c_str()) == 0) return {};
    return failure(ErrorCode::unavailable, "link: " + last_reason());
  }

  Result<void> enter_root() {
    return push("", Descriptor{::openat(source_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)}, directory_,
                name_);
  }
  Result<void> enter(const TreeEntry& entry, const Pair& at, const std::string& name) {
    return push(entry.name, open_below(at.source.get(), name), at.target.get(), name);
  }

  Result<void> push(const std::string& whole, Descriptor source, int directory, const std::string& name) {
    if (!source.is_open()) return failure(ErrorCode::busy, last_reason());
    if (::mkdirat(directory, name.c_str(), 0700) != 0)
      return failure(ErrorCode::unavailable, "mkdir: " + last_reason());
    Descriptor target = open_below(directory, name);
    if (!target.is_open()) return failure(ErrorCode::unavailable, last_reason());
    open_.push_back({whole, std::move(source), std::move(target)});
    return {};
  }

  /// The names in a directory are on the disk before it is left.
  Result<void> leave() {
    if (::fsync(open_.back().target.get()) != 0)
      return failure(ErrorCode::unavailable, harmless(open_.back().name) + ": fsync: " + last_reason());
    open_.pop_back();
    return {};
  }

  int source_, directory_;
  const std::string& name_;
  const CopyManner& manner_;
  std::vector<Pair> open_;  // from the root to where we are
};

}  // namespace

Result<void> copy_tree(int source, TreeListing& listing, int directory, const std::string& name,
                       const CopyManner& manner) {
  return TreeCopy{source, directory, name, manner}.run(listing);
}

}  // namespace foreshape
