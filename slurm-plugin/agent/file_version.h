// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What tells one version of a file from the next.
//
// Runs in: slurmctld (agent thread).
// Threads: plain values.

#include <cstdint>
#include <string>

namespace foreshape {

struct FileVersion {
  std::string path;
  std::uint64_t inode = 0;
  std::int64_t size = -1, modified_ns = 0;  ///< size -1: there is none
  bool operator==(const FileVersion&) const = default;
};

FileVersion file_version(const std::string& path);

}  // namespace foreshape
