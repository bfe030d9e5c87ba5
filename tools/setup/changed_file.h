// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A file that is somebody else's and that we change: it stays whose it was, and as open as it was.
//
// Runs in: offline.
// Threads: main thread only.

#include <string>
#include <sys/types.h>

#include "predictor/base/result.h"

namespace foreshape {

/// Replaces the file in one step; owner, group and mode stay. A new one is whose its directory is, with
/// this mode. Errors: those of replace_file_at(); invalid_input - it is no regular file, or "<path>.new" is
/// there, in which somebody may have prepared a change of their own.
Result<void> change_file(const std::string& path, const std::string& text, mode_t mode_if_new);

/// A copy beside it, as open as the file itself: no reader of the file loses or gains anything by it. One
/// that is there already stays: it is from before the first change. Errors: as above.
Result<void> keep_copy(const std::string& path, const std::string& copy);

}  // namespace foreshape
