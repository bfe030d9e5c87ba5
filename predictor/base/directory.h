// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A directory as an open descriptor: what is then done in it happens there, wherever its path leads by then.
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: pure functions over the file system.

#include <string>

#include "predictor/base/descriptor.h"
#include "predictor/base/result.h"

namespace foreshape {

/// Opens the directory for openat and its like. As root, a symbolic link on the way is followed only where
/// it belongs to root: whoever owns a directory that root writes below could otherwise lead the write to any
/// place, between two steps too. Each part of the path is looked up once.
///
/// Errors: not_found; invalid_input - a link of somebody else, or not a directory; unavailable - the system's
/// reason. The message names the path.
Result<Descriptor> open_directory(const std::string& path);

/// Enters a directory as a place for openat and its like (O_PATH: to enter it is enough, it need not be
/// readable). Whoever calls it, a link on the way is followed only where it belongs to root or to the caller.
/// Errors: as of open_directory.
Result<Descriptor> enter_by_own_links(const std::string& path);

/// The directory that a file's path names: "." for "name", "/" for "/name".
std::string directory_of(const std::string& path);

/// The part of a path behind its last slash; "" where it ends in one.
std::string last_name(const std::string& path);

}  // namespace foreshape
