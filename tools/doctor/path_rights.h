// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who may do what with a file or directory, as its owner, group and mode say it.
//
// Runs in: offline.
// Threads: pure functions over the file system and the user database.

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace foreshape {

struct Person {
  std::string name;
  uid_t uid = 0;
  std::vector<gid_t> groups;
};

/// From the user database; nullopt where there is no such user.
std::optional<Person> person_of(const std::string& name);

struct PathFacts {
  std::string path;
  bool exists = false, is_directory = false;
  uid_t owner = 0;
  gid_t group = 0;
  mode_t mode = 0;               ///< permission bits
  bool hidden = false;           ///< we may not look: a directory above it is closed to us
  std::vector<PathFacts> above;  ///< the directories that lead to it, from / on; theirs is empty
};

PathFacts facts_of(const std::string& path);

enum class Right : mode_t { read = 4, write = 2, enter = 1 };

/// Whether the mode gives the person this right; root has all of them. Access control lists are not looked
/// at.
bool may(const Person& person, Right right, const PathFacts& path);

/// The first directory on the way to the path that the person may not enter; "" where there is none.
std::string closed_directory(const Person& person, const PathFacts& path);

/// "owner slurm, mode 0700".
std::string rights_text(const PathFacts& path);

/// The name of a uid, or the number where it has none.
std::string user_text(uid_t uid);

}  // namespace foreshape
