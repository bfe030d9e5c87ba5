// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/own_library.h"

#include <dlfcn.h>

namespace foreshape {

std::string own_library() {
  Dl_info own{};
  if (dladdr(reinterpret_cast<void*>(&own_library), &own) == 0 || own.dli_fname == nullptr) return "";
  return own.dli_fname;
}

std::string load_error() {
  const char* why = dlerror();  // NOLINT(concurrency-mt-unsafe): glibc keeps it per thread
  return why != nullptr ? why : "unknown reason";
}

}  // namespace foreshape
