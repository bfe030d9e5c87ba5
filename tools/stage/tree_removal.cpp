// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/tree_removal.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "predictor/base/text.h"
#include "tools/stage/tree_names.h"

namespace foreshape {
namespace {

constexpr std::size_t kBatch = 4'096;
constexpr std::size_t kMaxRemoved = 10'000'000;
constexpr int kMaxOpen = 32;

class Removal {
 public:
  /// top: where directories that lie too deep are moved, so that few descriptors are open at a time.
  explicit Removal(int top) : top_(top) {}

  /// What was moved to the top, and what of it lay too deep again.
  Result<void> remove_lifted() {
    for (std::size_t next = 0; next < lifted_.size(); ++next) {
      const std::string name = lifted_[next];
      if (auto done = remove(top_, name, 0); !done) return done;
    }
    return {};
  }

  Result<void> remove(int directory, const std::string& name, int depth) {
    if (++removed_ > kMaxRemoved)
      return failure(ErrorCode::unavailable,
                     fmt::format("more than {} entries; the rest comes next", kMaxRemoved));
    if (::unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) return {};
    if (errno != EISDIR && errno != EPERM) return refused(name);
    if (depth >= kMaxOpen) return lift(directory, name);
    if (auto emptied = empty(directory, name, depth); !emptied) return emptied;
    if (::unlinkat(directory, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) return refused(name);
    return {};
  }

  Result<void> remove_all(int directory, int depth) {
    while (true) {
      const auto names = names_in(directory, kBatch);
      if (!names) return tl::make_unexpected(names.error());
      if (names->empty()) return {};
      for (const std::string& name : *names)
        if (auto done = remove(directory, name, depth); !done) return done;
    }
  }

 private:
  static tl::unexpected<Error> refused(const std::string& name) {
    return failure(ErrorCode::unavailable, harmless(name) + ": " + last_reason());
  }

  Result<void> empty(int directory, const std::string& name, int depth) {
    // What its owner closed to himself stays his to open. A link put in its place leads to what is his anyway.
    static_cast<void>(::fchmodat(directory, name.c_str(), 0700, 0));
    const Descriptor below = open_below(directory, name);
    struct stat here {
    }, there{};
    if (!below.is_open() || ::fstat(directory, &here) != 0 || ::fstat(below.get(), &there) != 0)
      return refused(name);
    if (here.st_dev != there.st_dev)
      return failure(ErrorCode::unavailable, harmless(name) + ": another file system is mounted here");
    return remove_all(below.get(), depth + 1);
  }

  Result<void> lift(int directory, const std::string& name) {
    std::string place = fmt::format(".gone-{}-{}", ::getpid(), lifted_.size());
    if (::renameat(directory, name.c_str(), top_, place.c_str()) != 0) return refused(name);
    lifted_.push_back(std::move(place));
    return {};
  }

  int top_;
  std::size_t removed_ = 0;
  std::vector<std::string> lifted_;
};

}  // namespace

Result<void> remove_tree(int directory, const std::string& name) {
  Removal removal{directory};
  return removal.remove(directory, name, 0).and_then([&] { return removal.remove_lifted(); });
}

Result<void> remove_all_in(int directory) {
  Removal removal{directory};
  return removal.remove_all(directory, 0).and_then([&] { return removal.remove_lifted(); });
}

}  // namespace foreshape
