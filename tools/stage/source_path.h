// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The file or directory that is staged: how it is named, and how it is opened.
//
// Runs in: offline, as the user whose data it is.
// Threads: pure functions over the file system.

#include <string>
#include <string_view>

#include "predictor/base/descriptor.h"
#include "predictor/base/result.h"

namespace foreshape {

/// The path without doubled or trailing slashes. Errors: invalid_input - relative, "/" itself, with "." or
/// "..", too long, or with control characters: no line of a script or comment could carry these.
Result<std::string> source_name(std::string_view path);

/// 16 hex digits by which copies of this source are known.
std::string copy_key(const std::string& source);

/// Where the file system that the source lies in is mounted, as far as the caller sees it; "" where it can't be told.
std::string file_system_of(const std::string& source);

/// Opens a file or directory. A link on the way, or at its end, is followed only where it belongs to root or
/// to the caller: nobody else can choose what is copied. A fifo or device is opened by nobody.
/// Errors: not_found; invalid_input - such a link, or neither file nor directory; unavailable. Messages name
/// the source.
Result<Descriptor> open_source(const std::string& source);

}  // namespace foreshape
