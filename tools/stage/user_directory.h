// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The buffer, and the private directory in it that each user's copies lie in:
//
//   <Buffer>/                       root's, as /tmp: everybody may make a directory, nobody remove another's
//     <uid>/                        the user's own, 0700
//       <key>.<time>/               a copy: manifest, lease, data/<name of the source>
//       .draft-<key>/               one that is being made, or was when its maker died
//       .gone-...                   one that is being removed
//       .job-<id>                   a link that leads a job to its copy, or to the source
//
// Runs in: offline.
// Threads: pure functions over the file system.

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "predictor/base/descriptor.h"
#include "predictor/base/result.h"

namespace foreshape {

inline constexpr const char* kDraftPrefix = ".draft-";
inline constexpr const char* kGonePrefix = ".gone-";
/// How many names are looked at in a user's directory, and users in the buffer.
inline constexpr std::size_t kMaxCopies = 10'000, kMaxUsers = 100'000;

/// Opens the buffer. Errors: those of open_directory(); invalid_input - somebody could remove or swap another
/// user's directory in it: it must belong to root or to the caller, and be sticky if others may write there. The
/// message says the command that cures it.
Result<Descriptor> open_buffer(const std::string& path);

/// Opens the caller's directory in it, made where it is missing and `make` says so.
/// Errors: not_found; invalid_input - it is not the caller's own directory; unavailable.
Result<Descriptor> open_user_directory(int buffer, bool make);

/// A published copy's name.
struct CopyName {
  std::string key;
  std::string time;  ///< of its making, 16 hex digits: later ones are greater

  std::string text() const { return key + "." + time; }
};

CopyName new_copy_name(const std::string& key);
/// nullopt: it is no copy's name.
std::optional<CopyName> parse_copy_name(const std::string& name);

/// The copies in a user's directory, of one source where a key is given, newest first.
/// Errors: unavailable.
Result<std::vector<CopyName>> copies_in(int user_directory, const std::string& key = "");

/// Opens a copy of the caller's own. Not open where it is gone or is not one.
Descriptor open_copy(int user_directory, const std::string& name);

/// The uid that a directory's name in the buffer stands for.
std::optional<uid_t> named_uid(const std::string& name);

}  // namespace foreshape
