// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where a program is that is called by its name: as root only where nobody else can put one.
//
// Runs in: offline.
// Threads: pure functions over the file system.

#include <string>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

/// Why somebody else than root can change what this absolute path leads to, or where; "" where nobody can.
/// Everything on the way, and on the way that links take, must belong to root and be writable for nobody else,
/// also not for a group, except root's own; others may write in a directory above with the sticky bit, such as
/// /tmp. Nothing that is there says so, too.
std::string why_not_roots_own(const std::string& path);

/// The entries of PATH that root may use: absolute, and root's own.
struct RootsPath {
  std::vector<std::string> directories;
  std::vector<std::string> skipped;  ///< why, for each that is there and is not used
};
RootsPath roots_path(const std::string& path);

/// Those directories as a PATH; the system's own where there is none: an empty PATH means where one is.
std::string joined_path(const RootsPath& path);

/// The file of the program in the first directory that has it as root's own. Errors: not_found - there is none;
/// the message says what was skipped, and the cure.
Result<std::string> find_as_root(const std::string& name, RootsPath path);

}  // namespace foreshape
