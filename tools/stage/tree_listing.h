// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What is in a file or a tree of files at one moment: the one list that copying, verifying and "is it still
// current?" go by.
//
// Runs in: offline.
// Threads: plain values; pure functions over the file system.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/result.h"

struct stat;

namespace foreshape {

struct TreeEntry {
  enum class Kind : char { directory = 'd', file = 'f', link = 'l' };
  Kind kind = Kind::file;
  std::string name;  ///< from the root of the tree, "" = the root itself; any bytes but NUL
  std::uint32_t mode = 0;
  std::int64_t bytes = 0;                        ///< of a file
  std::int64_t modified_ns = 0, changed_ns = 0;  ///< mtime and ctime, since 1970
  std::string target;                            ///< of a link, as it is written
  std::uint64_t checksum = 0;                    ///< of a file's content; 0 = not made
};

struct TreeListing {
  std::vector<TreeEntry> entries;  ///< the root first, each directory before what is in it, names sorted
  std::int64_t bytes = 0;          ///< of all files
  std::int64_t changed_ns = 0;     ///< the latest ctime
};

struct TreeCaps {
  std::size_t entries = 100'000;
  std::int64_t bytes = std::int64_t{100} << 30;
};

/// Deeper trees are refused: a descriptor is open for each level.
inline constexpr int kMaxTreeDepth = 64;

/// Lists what the descriptor stands for, which is a regular file or a directory. Nothing is opened but
/// directories, no link is followed. path: for messages.
///
/// Links are listed if they can't lead out of the tree: their text is relative, goes up only at its beginning
/// and no further than the root.
///
/// Errors: invalid_input - beyond the caps, a link that leads elsewhere, a device, fifo or socket, another
/// file system mounted in the tree; unavailable - something can't be read. The message names it.
Result<TreeListing> list_tree(int root, const std::string& path, const TreeCaps& caps);

enum class Sameness {
  unchanged,  ///< the same tree at another time: sizes, mtimes and ctimes of files
  copied      ///< a copy of it: sizes and mtimes of files
};

/// The first entry that differs, nullopt where all are the same; directories' own times say nothing.
std::optional<std::string> first_difference(const TreeListing& a, const TreeListing& b, Sameness same);

/// What stat(2) says of an entry.
TreeEntry entry_of(const struct stat& info, std::string name);

/// What the tree takes up on its disk, in bytes; files that can't be seen count as nothing. It stops at
/// `entries` entries and at other file systems.
std::int64_t disk_bytes(int directory, std::size_t& entries);

}  // namespace foreshape
