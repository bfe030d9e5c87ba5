// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/file_version.h"

#include <sys/stat.h>

namespace foreshape {

FileVersion file_version(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return {path};
  return {path, info.st_ino, info.st_size, info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

}  // namespace foreshape
