// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What Foreshape's programs call their files in StateDir and in the journal, and what can be neither: removal
// takes these names alone, so that a directory that was named by mistake loses nothing.
//
// Runs in: offline.
// Threads: main thread only: asks the machine's list of users.

#include <functional>
#include <map>
#include <string>

#include "tools/setup/setup_site.h"

namespace foreshape {

struct DirectoryNames {
  using IsOurs = std::function<bool(const std::string& name)>;
  IsOurs is_ours;                       ///< of files in the directory itself
  std::map<std::string, IsOurs> below;  ///< directories in it, and their files
};

DirectoryNames state_names(const Settings& settings);
DirectoryNames journal_names();

/// What a directory is otherwise, in words ("StateSaveLocation"): the system's, the user's home, one of
/// Slurm's own; "" = nothing that we know of.
std::string other_use_of(const SetupSite& site, const std::string& path);

}  // namespace foreshape
