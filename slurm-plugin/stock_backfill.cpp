// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/stock_backfill.h"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>

#include "slurm-plugin/own_library.h"

namespace foreshape {
namespace {

constexpr const char* kLibrary = "sched_backfill.so";

int (*entry_point(void* library, const char* name))() {
  return reinterpret_cast<int (*)()>(dlsym(library, name));
}

}  // namespace

std::string find_other_library(std::string_view directories, const std::string& name,
                               const std::string& own) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  while (!directories.empty()) {
    const auto colon = directories.find(':');
    const fs::path path = fs::path(directories.substr(0, colon)) / name;
    directories.remove_prefix(colon == std::string_view::npos ? directories.size() : colon + 1);
    // equivalent() is false, with an error, where one of the two does not exist.
    if (fs::is_regular_file(path, ignored) && !fs::equivalent(path, own, ignored)) return path.string();
  }
  return "";
}

Result<StockBackfill> load_stock_backfill(std::string_view plugin_dir) {
  const std::string path = find_other_library(plugin_dir, kLibrary, own_library());
  if (path.empty())
    return failure(ErrorCode::not_found, "Slurm's own " + std::string(kLibrary) +
                                             " is in no directory of PluginDir=" + std::string(plugin_dir) +
                                             "; add Slurm's plugin directory to PluginDir");
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return failure(ErrorCode::not_found, path + ": " + load_error());
  const StockBackfill stock{entry_point(library, "init"), entry_point(library, "fini"),
                            entry_point(library, "sched_p_reconfig")};
  if (stock.init == nullptr || stock.fini == nullptr || stock.reconfigure == nullptr)
    return failure(ErrorCode::not_found, path + ": init, fini or sched_p_reconfig is missing in it");
  return stock;
}

}  // namespace foreshape
