// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A whole file of ours in a directory of the system's: written, brought up to date, removed.
//
// Runs in: offline.
// Threads: main thread only.

#include <string>

#include "tools/setup/step.h"

namespace foreshape {

/// The first line of such files: what begins with it may be overwritten and removed.
inline constexpr const char* kWrittenMark = "# Made by foreshape setup";

struct WrittenFile {
  std::string path;
  std::string text;  ///< begins with kWrittenMark, unless the site may change it
  bool is_a_start =
      false;  ///< the site goes on from it: one that is there stays, and is removed only as it was made
};

SetupStep written_file_step(const std::string& name, const WrittenFile& file);

/// Removes the file, following no link of anybody but root. One that is gone is none to remove.
/// Errors: those of open_directory; unavailable.
Result<void> remove_file(const std::string& path);

/// The text of a file that we are going to change; "" where there is none. Whoever owns its directory could
/// have put a link to somebody else's secrets in its place, which root would then copy: it is opened by
/// open_directory's rules, must be a regular file with no other name, and no link is followed. Errors:
/// invalid_input - it is a link, has another name too, or is no file of a bearable size; those of
/// open_directory but not_found; unavailable.
Result<std::string> text_or_none(const std::string& path);

}  // namespace foreshape
