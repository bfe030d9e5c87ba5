// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Files for the plugin: they belong to slurmctld's user before anybody sees them.
//
// Runs in: offline.
// Threads: pure functions over the file system.

#include <string>
#include <sys/types.h>

#include "predictor/base/descriptor.h"
#include "predictor/base/result.h"

namespace foreshape {

/// Replaces the file in one step. owner: a user's name; "" = as root: the owner of the file's directory,
/// which is slurmctld's user for its state directory; as anybody else: oneself. The plugin accepts files of
/// its own user and of root. Where root writes, the directory may belong to somebody who changes it
/// meanwhile: it is opened once, by open_directory's rules, and the file is given away by its descriptor.
/// Errors: those of open_directory; not_found - no such user; unavailable - the failing step and the
/// system's reason.
Result<void> replace_owned_file(const std::string& path, const std::string& bytes, mode_t mode,
                                const std::string& owner);

/// The same in an open directory: of path only the last name counts.
Result<void> replace_owned_file_at(int directory, const std::string& path, const std::string& bytes,
                                   mode_t mode, const std::string& owner);

/// Removes the file, of a directory that is opened by open_directory's rules. Errors: those of it; unavailable.
Result<void> remove_owned_file(const std::string& path);

/// Opens the directory, or makes it with mode 0700; as root it then belongs to whom the one above it does.
/// Errors: those of open_directory; unavailable.
Result<Descriptor> open_owned_directory(const std::string& path);

}  // namespace foreshape
