// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Removes a file or a tree of files, whatever its owner does with it meanwhile.
//
// Runs in: offline. Call it with the owner's rights, never with root's (as_user.h): then nothing can be lost that its
// owner could not have lost.
// Threads: pure functions over the file system.

#include <string>

#include "predictor/base/result.h"

namespace foreshape {

/// Removes what has this name in the directory: no link is followed, no other file system entered, directories
/// of any depth are emptied. What is closed to its owner is opened first.
/// Errors: unavailable - something could not be removed, or more than 10 million entries: the rest is for the
/// next call. The message has the system's reason.
Result<void> remove_tree(int directory, const std::string& name);

/// The same for all that is in the directory, which stays.
Result<void> remove_all_in(int directory);

}  // namespace foreshape
