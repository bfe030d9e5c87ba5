#pragma once
// Files for the plugin: they belong to slurmctld's user before anybody sees them.
//
// Runs in: offline.
// Threads: pure functions over the file system.

#include <string>
#include <sys/types.h>

#include "predictor/base/result.h"

namespace foreshape {

/// Replaces the file in one step. owner: a user's name; "" = as root: the owner of the file's folder, which
/// is slurmctld's user for its state folder; as anybody else: oneself. The plugin accepts files of its own
/// user and of root. Errors: not_found - no such user; unavailable - the failing step and the system's
/// reason.
Result<void> replace_owned_file(const std::string& path, const std::string& bytes, mode_t mode,
                                const std::string& owner);

}  // namespace foreshape
