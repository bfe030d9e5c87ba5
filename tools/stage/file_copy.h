// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One regular file copied, and found the same before and after.
//
// Runs in: offline, as the user whose data it is.
// Threads: pure functions over the file system.

#include <functional>
#include <string>

#include "predictor/base/result.h"
#include "tools/stage/tree_listing.h"

namespace foreshape {

struct CopyManner {
  /// Read what was written once more and compare; without it the kernel copies, on some file systems by sharing
  /// blocks.
  bool with_checksums = false;
  /// Called after each few MiB: an error ends the copying.
  std::function<Result<void>()> proceed = [] { return Result<void>{}; };
};

/// Copies an open file to a new one with this name in the directory: its mtime, its owner's rights, nobody else's,
/// synced to the disk.
///
/// source   open for reading; entry: as it was listed
///
/// Returns the content's checksum, 0 without checksums.
/// Errors: busy - the source is not as it was listed, before or after; unavailable - the system's reason; what
/// proceed() says. A part may be left behind: it is the caller's to remove.
Result<std::uint64_t> copy_file(int source, const TreeEntry& entry, int directory, const std::string& name,
                                const CopyManner& manner);

}  // namespace foreshape
