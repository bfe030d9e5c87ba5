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
/// descriptor, never mapped: a file that is cut short while we read must not raise SIGBUS.
///
/// trust: where given, the file must belong to root or to that owner and must not be
/// writable by group or others.
///
/// Errors: not_found; invalid_input - not a regular file, too large, or not to be trusted;
/// unavailable - the read failed. The message names the file.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes,
                              const std::optional<FileTrust>& trust = std::nullopt);

/// Writes the bytes beside path, syncs, and renames over it: readers see the old or the new
/// file, never a part. mode: as for open(2).
/// Errors: unavailable - with the failing step and the system's reason.
Result<void> replace_file(const std::string& path, const std::string& bytes, mode_t mode);

}  // namespace foreshape
