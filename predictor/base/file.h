// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whole files: reading one that somebody else may have put there, replacing one in a single step.
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: pure functions over the file system.

#include <cstddef>
#include <optional>
#include <string>
#include <sys/types.h>

#include "predictor/base/result.h"

namespace foreshape {

/// Who may have written a file that we are to trust.
struct FileTrust {
  /// The file's owner must be root or this uid.
  uid_t owner = 0;
};

/// The bytes of a regular file of at most max_bytes. Opened once and checked on the open
/// descriptor, never mapped: a file that is truncated while we read must not raise SIGBUS.
///
/// trust: where given, the file must belong to root or to that owner and must not be
/// writable by group or others.
///
/// Errors: not_found; invalid_input - not a regular file, too large, or not to be trusted;
/// unavailable - the read failed. The message names the file.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes,
                              const std::optional<FileTrust>& trust = std::nullopt);

/// Whether a file may be renamed over what has this name in an open directory (AT_FDCWD: any path): as root a
/// rename would replace even /dev/null. Nothing, a regular file, or a link to one may be replaced. Errors:
/// invalid_input - it is something else. path: for the message.
Result<void> check_replaceable(int directory, const std::string& name, const std::string& path);

/// Writes the bytes beside path, syncs, and renames over it: readers see the old or the new
/// file, never a part. mode: as for open(2). The directory is opened once, by open_directory's rules.
/// Errors: those of open_directory and check_replaceable; unavailable - with the failing step and the
/// system's reason.
Result<void> replace_file(const std::string& path, const std::string& bytes, mode_t mode);

/// The same in an open directory: of path only the last name counts, the rest is for messages.
/// owner, group: whom it belongs to before anybody can see it.
Result<void> replace_file_at(int directory, const std::string& path, const std::string& bytes, mode_t mode,
                             std::optional<uid_t> owner = std::nullopt,
                             std::optional<gid_t> group = std::nullopt);

}  // namespace foreshape
